package seed

import (
	"context"
	"fmt"
	"strings"
	"time"

	"myisp/models/customer"
	"myisp/models/db"
	"myisp/models/finance"
	"myisp/models/service"
	"myisp/models/ticket"
)

// crowdSize is how many generated customers live beside the named ones.
const crowdSize = 200

// tongue is a set of names that go together, with how each is written in a login.
type tongue struct{ first, last [][2]string }

var tongues = []tongue{
	{[][2]string{{"Emma", "emma"}, {"Liam", "liam"}, {"Niamh", "niamh"}, {"Oscar", "oscar"}, {"Ruth", "ruth"}, {"Seán", "sean"}},
		[][2]string{{"Byrne", "byrne"}, {"O’Connor", "oconnor"}, {"Walsh", "walsh"}, {"Fletcher", "fletcher"}, {"Murphy", "murphy"}, {"Quinn", "quinn"}}},
	{[][2]string{{"José", "jose"}, {"Lucía", "lucia"}, {"Iñaki", "inaki"}, {"Marisol", "marisol"}, {"João", "joao"}},
		[][2]string{{"García Núñez", "garcia"}, {"Fernández", "fernandez"}, {"Peña", "pena"}, {"Gonçalves", "goncalves"}, {"Muñoz", "munoz"}}},
	{[][2]string{{"Zoë", "zoe"}, {"Jürgen", "juergen"}, {"Łukasz", "lukasz"}, {"Živa", "ziva"}, {"Bjørn", "bjorn"}, {"Šárka", "sarka"}},
		[][2]string{{"van den Berg", "vandenberg"}, {"Müller", "mueller"}, {"Wójcik", "wojcik"}, {"Nováková", "novakova"}, {"Sørensen", "sorensen"}}},
	{[][2]string{{"Олена", "olena"}, {"Іван", "ivan"}, {"Мария", "maria"}, {"Дмитро", "dmytro"}},
		[][2]string{{"Шевченко", "shevchenko"}, {"Коваленко", "kovalenko"}, {"Мельник", "melnyk"}, {"Бондар", "bondar"}}},
	{[][2]string{{"Νίκος", "nikos"}, {"Ελένη", "eleni"}, {"Γιώργος", "giorgos"}},
		[][2]string{{"Παπαδόπουλος", "papadopoulos"}, {"Οικονόμου", "oikonomou"}, {"Νικολάου", "nikolaou"}}},
	{[][2]string{{"ليلى", "layla"}, {"يوسف", "yousef"}, {"فاطمة", "fatima"}, {"سامر", "samer"}},
		[][2]string{{"الحسن", "alhassan"}, {"منصور", "mansour"}, {"خوري", "khoury"}, {"ناصر", "nasser"}}},
	{[][2]string{{"小明", "xiaoming"}, {"美玲", "meiling"}, {"伟", "wei"}}, [][2]string{{"王", "wang"}, {"李", "li"}, {"陈", "chen"}}},
	{[][2]string{{"अनीता", "anita"}, {"रोहन", "rohan"}, {"प्रिया", "priya"}}, [][2]string{{"शर्मा", "sharma"}, {"पटेल", "patel"}, {"वर्मा", "verma"}}},
}

// weights says how many of a hundred have names of each tongue.
var weights = []int{34, 16, 18, 9, 6, 8, 5, 4}

var streets = []string{"Mill Lane", "Quay Street", "Orchard Row", "Bell Yard", "Station Road", "Lime Avenue", "Chapel Hill", "Weir View", "Market Square", "Harbour Walk"}

func pick[T any](i *isp, list []T) T { return list[i.rand.IntN(len(list))] }

func (i *isp) name() (name, login string) {
	n := i.rand.IntN(100)
	at := 0
	for n >= weights[at] {
		n, at = n-weights[at], at+1
	}
	first, last := pick(i, tongues[at].first), pick(i, tongues[at].last)
	if at == 6 { // the family name comes first and there is no space
		return last[0] + first[0], first[1] + "." + last[1]
	}
	return first[0] + " " + last[0], first[1] + "." + last[1]
}

// crowd adds the generated customers. They have no passwords: nobody logs in as them.
func (i *isp) crowd(ctx context.Context) error {
	places := []struct {
		id   int64
		city string
	}{{i.riverside, "Riverside"}, {i.oldTown, "Old Town"}, {i.hillcrest, "Hillcrest"}, {i.harborside, "Harbor"}}
	taken := map[string]bool{}
	for n := range crowdSize {
		name, login := i.name()
		for base, k := login, 2; taken[login]; k++ {
			login = fmt.Sprintf("%s%d", base, k)
		}
		taken[login] = true
		place := pick(i, places)
		c := customer.Customer{Login: login, Name: name, Email: login + "@example.org", Street: fmt.Sprintf("%d %s", 1+i.rand.IntN(90), pick(i, streets)), City: place.city,
			Zip: fmt.Sprintf("D%02d X%03d", 1+i.rand.IntN(20), i.rand.IntN(1000)), LocationID: place.id, Phone: fmt.Sprintf("+353 20 911 %04d", n), Status: i.status(n),
			BillingType: customer.Recurring, CreatedAt: i.ago(time.Duration(40+i.rand.IntN(900)) * day)}
		if place.id == i.harborside {
			c.Phone = fmt.Sprintf("+31 20 556 %04d", n)
		}
		if err := i.neighbour(ctx, n, c); err != nil {
			return err
		}
	}
	return nil
}

func (i *isp) status(n int) customer.Status {
	switch {
	case n%25 == 7:
		return customer.StatusDisabled
	case n%20 == 3:
		return customer.StatusBlocked
	case n%17 == 5:
		return customer.StatusNew
	}
	return customer.StatusActive
}

// neighbour gives a generated customer a service and a few invoices, some a question.
func (i *isp) neighbour(ctx context.Context, n int, c customer.Customer) error {
	latest := i.today.AddDays(-1 - i.rand.IntN(27))
	if c.Status == customer.StatusDisabled {
		latest = latest.AddMonths(-4)
	}
	var b customer.Billing
	if b.BillingDay = min(latest.Time().Day(), 28); c.Status == customer.StatusBlocked {
		latest = i.today.AddDays(-25)
		b.BlockedOn = i.today.AddDays(-8)
		at := b.BlockedOn.In(zone).UTC()
		c.StatusSince = &at
	}
	c, err := i.person(ctx, c, b, "")
	if err != nil || c.Status == customer.StatusNew {
		return err
	}
	plan := pick(i, []string{"Fiber 100", "Fiber 200", "Fiber 200", "Fiber 500", "Fiber 1000"})
	if c.PartnerID == i.harbor {
		plan = "Harbor 250"
	}
	s, err := i.sells(ctx, c, plan, db.DayOf(c.CreatedAt, zone), func(s *service.Service) {
		s.Login, s.IPv4, s.InvoicedUntil = c.Login, fmt.Sprintf("192.0.2.%d", n), latest.AddMonths(1).AddDays(-1)
		if c.Status == customer.StatusDisabled {
			s.Status, s.EndsOn = service.Disabled, s.InvoicedUntil
		}
	})
	if err != nil {
		return err
	}
	for k := 2; k >= 0; k-- {
		from := latest.AddMonths(-k)
		bl := bill{on: from, due: from.AddDays(14), recurring: true, items: []finance.Item{i.item(s, from, latest.AddMonths(-k+1).AddDays(-1))},
			paidAfter: 1 + i.rand.IntN(13), method: pick(i, []int64{finance.MethodCard, finance.MethodBankTransfer, finance.MethodCash})}
		if k == 0 && (c.Status == customer.StatusBlocked || c.Status == customer.StatusActive && i.rand.IntN(3) > 0 || from.AddDays(bl.paidAfter) > i.today) {
			bl.paidAfter = 0
		}
		i.bill(c, bl)
	}
	return i.chat(ctx, n, c)
}

func (i *isp) chat(ctx context.Context, n int, c customer.Customer) error {
	if n%4 == 0 {
		l := letter{"Welcome", "Thank you for choosing us, " + c.Name + ".", time.Duration(30+n) * day, n%8 == 0}
		if err := i.send(ctx, c, l); err != nil {
			return err
		}
	}
	if n%6 != 1 {
		return nil
	}
	subject := pick(i, []string{"Router blinks red", "Moving house in spring", "Question about my invoice", "Can I have a static address?", "Slow at noon"})
	t := ticket.Ticket{Subject: subject, Status: ticket.StatusNew}
	asked := line{"Hello, could you please help me with this? " + strings.TrimSuffix(subject, "?") + ".", time.Duration(1+n%40) * day, ticket.ByCustomer}
	if n%12 == 1 {
		t.Status, t.Closed = ticket.Resolved, true
		return i.asks(ctx, c, t, asked, line{"Gladly: it is done. Please write again if anything is missing.", asked.age - 5*time.Hour, ticket.ByAgent})
	}
	return i.asks(ctx, c, t, asked)
}
