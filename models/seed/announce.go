package seed

import (
	"context"
	"time"

	"myisp/models/db"
	"myisp/models/message"
	"myisp/models/portal"
)

// announce tells what is going on: news by partner and place, an outage in Old Town, maintenance in Riverside. Hillcrest
// hears of nothing, so that Omar's pages are empty.
func (i *isp) announce(ctx context.Context) error {
	sunday := i.nextSunday()
	at := func(hour int) time.Time {
		t := sunday.In(zone)
		return time.Date(t.Year(), t.Month(), t.Day(), hour, 0, 0, 0, zone).UTC()
	}
	riverside := message.Readers{PartnerID: portal.DefaultPartner, LocationID: i.riverside}
	oldTown := message.Readers{PartnerID: portal.DefaultPartner, LocationID: i.oldTown}
	harbor := message.Readers{PartnerID: i.harbor}
	for _, n := range []struct {
		title, summary, body string
		age                  time.Duration
		to                   []message.Readers
	}{
		{"Fiber comes to Old Town", "Two hundred more homes can have 1 Gbit/s from this autumn.",
			"The last trench is closed: from this autumn another two hundred homes between Bell Yard and the market can have up to 1 Gbit/s.\n\nYour plan does not change by itself. If you would like more, write to us from the portal.",
			75 * day, []message.Readers{oldTown, riverside}},
		{"The portal on your phone", "Put the portal on your home screen: it opens like any app.",
			"Open the portal in your phone's browser and choose “Add to home screen”. It opens like an app, shows your balance at a glance, and needs no store.",
			33 * day, []message.Readers{oldTown, riverside, harbor}},
		{"More bandwidth to the exchange", "Harbor Fiber has doubled its connection to the Amsterdam exchange.",
			"We have doubled our capacity to the exchange. Evenings should feel like mornings from now on.", 12 * day, []message.Readers{harbor}},
		{"Maintenance on Sunday, 02:00–04:00", "We renew a switch in Riverside. Your connection will be away for some minutes.",
			"On Sunday, " + sunday.Time().Format("2 January") + ", between 02:00 and 04:00 we renew a switch in Riverside.\n\nYour connection will be away for some minutes. Telephones connected to it cannot call 112 in that time; please keep a mobile at hand.",
			2 * day, []message.Readers{riverside}},
	} {
		if err := i.m.Messages.Publish(ctx, &message.NewsItem{Title: n.title, Summary: n.summary, Body: n.body, PublishedAt: i.ago(n.age)}, n.to...); err != nil {
			return err
		}
	}
	begun, back, over, ended := i.ago(95*time.Minute), i.ago(-150*time.Minute), i.ago(96*day), i.ago(93*day)
	from, to := at(2), at(4)
	for _, o := range []message.Outage{
		{Kind: message.Fault, LocationID: i.oldTown, Title: "A fibre was cut near the market", StartsAt: begun, ExpectedAt: &back},
		{Kind: message.Maintenance, LocationID: i.riverside, Title: "A switch is renewed in Riverside", StartsAt: from, ExpectedAt: &to},
		{Kind: message.Fault, LocationID: i.riverside, Title: "Power failure in the exchange", StartsAt: over, ExpectedAt: &ended, EndedAt: &ended},
	} {
		if err := i.m.Messages.AddOutage(ctx, &o); err != nil {
			return err
		}
	}
	return nil
}

// help writes the questions that customers ask, in the portal's languages, for both partners.
func (i *isp) help(ctx context.Context) error {
	for n, q := range []struct{ language, question, answer string }{
		{"en", "How do I pay an invoice?", "Open Finance and choose the invoice. Its page shows the ways to pay: by bank transfer with the code on it, or at our shop."},
		{"en", "Why is this invoice higher than the last one?", "Calls beyond your allowance, top-ups and installations are added to the next invoice. Each stands on a line of its own."},
		{"en", "My internet does not work. What can I do?", "Look at the top of the home page first: outages and planned work are announced there.\n\nIf there is none, switch the router off for a minute. If it still does not work, create a ticket."},
		{"en", "How do I change my Wi-Fi password?", "Open the router's page at the address on its underside, or write to us: we can change it from here."},
		{"es", "¿Cómo pago una factura?", "Abre Finanzas y elige la factura. En su página verás cómo pagarla: por transferencia con el código que lleva, o en nuestra tienda."},
		{"es", "¿Por qué esta factura es más alta que la anterior?", "Las llamadas fuera de tu tarifa, las recargas y las instalaciones se suman a la siguiente factura. Cada una tiene su propia línea."},
		{"es", "No tengo internet. ¿Qué hago?", "Mira primero la parte de arriba del inicio: ahí se anuncian las averías y los trabajos previstos.\n\nSi no hay ninguno, apaga el router un minuto. Si sigue sin funcionar, crea un ticket."},
		{"es", "¿Cómo cambio la contraseña del wifi?", "Abre la página del router en la dirección que lleva debajo, o escríbenos: podemos cambiarla desde aquí."},
		{"ar", "كيف أدفع الفاتورة؟", "افتح المالية واختر الفاتورة. ستجد في صفحتها طرق الدفع: بتحويل مصرفي باستخدام الرمز المطبوع عليها، أو في متجرنا."},
		{"ar", "لماذا هذه الفاتورة أعلى من السابقة؟", "تضاف المكالمات الزائدة عن باقتك والتعبئات والتركيبات إلى الفاتورة التالية، ولكل منها سطر خاص."},
		{"ar", "الإنترنت لا يعمل. ماذا أفعل؟", "انظر أولا إلى أعلى الصفحة الرئيسية: هناك نعلن عن الأعطال والأعمال المخططة.\n\nإن لم يكن هناك شيء، أطفئ جهاز التوجيه دقيقة واحدة. وإن استمرت المشكلة فافتح تذكرة."},
		{"ar", "كيف أغير كلمة مرور الواي فاي؟", "افتح صفحة جهاز التوجيه بالعنوان المكتوب أسفله، أو اكتب إلينا: يمكننا تغييرها من هنا."},
	} {
		item := message.FAQItem{Language: q.language, Position: n%4 + 1, Question: q.question, Answer: q.answer}
		if err := i.m.Messages.AddFAQ(ctx, &item); err != nil {
			return err
		}
	}
	return nil
}

// nextSunday is the coming Sunday, never today: maintenance is announced before it happens.
func (i *isp) nextSunday() db.Day {
	d := i.today.AddDays(1)
	for d.Time().Weekday() != time.Sunday {
		d = d.AddDays(1)
	}
	return d
}
