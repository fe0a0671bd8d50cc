// Package handlers is the HTTP face of the portal: the server and the whole route table.
package handlers

import (
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"myisp/handlers/admin"
	"myisp/handlers/cashier"
	"myisp/handlers/portal"
	"myisp/handlers/web"
	"myisp/internal/gateway"
	"myisp/models"
)

// Config is what the server needs to know beyond the models.
type Config struct {
	BaseURL        string // MYISP_BASE_URL; empty takes each request's own (demo)
	Demo           bool
	TrustedProxies []*net.IPNet // MYISP_TRUSTED_PROXIES: whose forwarded headers count
	Facts          Facts
	// Cashier pays through gateways; nil knows none. Hosted is the pretend provider's page, nil where there is none.
	Cashier *cashier.Cashier
	Hosted  gateway.Hosted
}

// What the program knows of itself, by the names under which the command line says it.
type (
	Facts   = web.Facts
	Carrier = web.Carrier
)

// Server answers the portal's requests.
type Server struct {
	echo   *echo.Echo
	kit    *web.Kit
	routes []web.Route
}

// maxBody bounds the body of a request, where its route has no bound of its own.
const maxBody = "512K"

// bodyLimit is what a request may send: maxBody, or the bound of its route (web.Route.MaxBody).
func bodyLimit(routes []web.Route) echo.MiddlewareFunc {
	usual, own := middleware.BodyLimit(maxBody), map[string]echo.MiddlewareFunc{}
	for _, rt := range routes {
		if rt.MaxBody != "" {
			own[rt.Method+" "+rt.Path] = middleware.BodyLimit(rt.MaxBody)
		}
	}
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		handlers := map[string]echo.HandlerFunc{}
		for route, limit := range own {
			handlers[route] = limit(next)
		}
		rest := usual(next)
		return func(c echo.Context) error {
			if limited, ok := handlers[c.Request().Method+" "+c.Path()]; ok {
				return limited(c)
			}
			return rest(c)
		}
	}
}

// New wires the handlers on the models.
func New(m *models.Models, cfg Config) (*Server, error) {
	kit, err := web.NewKit(m, cfg.BaseURL, cfg.Demo)
	if err != nil {
		return nil, err
	}
	till := cfg.Cashier
	if till == nil {
		till = cashier.New(m, nil, http.DefaultClient)
	}
	customers, staff := portal.New(kit, till, cfg.Hosted), admin.New(kit, till)
	s := &Server{echo: echo.New(), kit: kit, routes: table(kit, customers, staff, till)}
	kit.Logo, kit.CustomerStepUp = customers.Logo, customers.StepUpPage
	kit.Facts = cfg.Facts
	kit.Pages = web.NewPages(kit, s.routes, customers.ErrorPage)
	e := s.echo
	e.HideBanner, e.HidePort = true, true
	e.IPExtractor = ipExtractor(cfg.TrustedProxies)
	e.HTTPErrorHandler = web.OnError(func(c echo.Context, status int) error {
		if strings.HasPrefix(c.Request().URL.Path, "/admin") {
			return staff.ErrorPage(c, status)
		}
		return customers.ErrorPage(c, status)
	})
	e.Use(web.RequestLog, middleware.RecoverWithConfig(middleware.RecoverConfig{DisablePrintStack: true}), kit.Headers, kit.Begin,
		web.Compress, bodyLimit(s.routes), kit.CrossOrigin, web.ReadForm)
	for _, rt := range s.routes {
		e.Add(rt.Method, rt.Path, kit.Protect(rt))
		if rt.Method == http.MethodGet {
			e.Add(http.MethodHead, rt.Path, kit.Protect(rt))
		}
	}
	return s, nil
}

// ipExtractor tells whose address counts: the peer's, or what trusted proxies say of it. A header from anybody else is not
// believed. It is warned of once: where it comes from a proxy that the configuration forgot, everybody behind it shares
// one address, and so one another's limits.
func ipExtractor(trusted []*net.IPNet) echo.IPExtractor {
	extract := echo.ExtractIPDirect()
	if len(trusted) > 0 {
		options := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
		for _, n := range trusted {
			options = append(options, echo.TrustIPRange(n))
		}
		extract = echo.ExtractIPFromXFFHeader(options...)
	}
	var once sync.Once
	return func(r *http.Request) string {
		if _, forwarded := r.Header[echo.HeaderXForwardedFor]; forwarded && !within(trusted, echo.ExtractIPDirect()(r)) {
			once.Do(func() {
				slog.Warn("X-Forwarded-For came from an untrusted address and was ignored: if that is your proxy, add it to MYISP_TRUSTED_PROXIES, "+
					"or everybody behind it counts as one in the limits of log-in", "peer", r.RemoteAddr)
			})
		}
		return extract(r)
	}
}

func within(networks []*net.IPNet, address string) bool {
	ip := net.ParseIP(address)
	return ip != nil && slices.ContainsFunc(networks, func(n *net.IPNet) bool { return n.Contains(ip) })
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.echo.ServeHTTP(w, r) }

// Kit is what the server's handlers share, for jobs that write of the same pages and papers.
func (s *Server) Kit() *web.Kit { return s.kit }

// Routes is the route table, for the tests that are generated from it.
func (s *Server) Routes() []web.Route { return s.routes }
