package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"myisp/handlers"
	"myisp/handlers/jobs"
	"myisp/models"
)

type serveCmd struct {
	Addr string `env:"MYISP_ADDR" default:":8080" help:"Where to listen."`
}

// Run migrates and serves until the process is told to stop.
func (cmd *serveCmd) Run(ctx context.Context, env *Environment) error {
	if err := env.forServing(); err != nil {
		return err
	}
	return env.opened(ctx, func(m *models.Models) error {
		couriers, err := env.couriers(m, false)
		if err != nil {
			return err
		}
		return serve(ctx, m, env, couriers, cmd.Addr, false, func(addr net.Addr) { slog.Info("serving", "addr", addr.String(), "url", env.BaseURL) })
	})
}

// The bounds of one connection: long enough for a phone on a bad line, short enough that nobody holds all sockets.
const (
	readTimeout  = 30 * time.Second
	writeTimeout = 60 * time.Second
	idleTimeout  = 120 * time.Second
	shutdownWait = 20 * time.Second
	maxHeader    = 32 << 10
)

// serve runs the server and the queue's worker together, and ends both cleanly when ctx is done.
func serve(ctx context.Context, m *models.Models, env *Environment, couriers jobs.Couriers, addr string, demo bool, ready func(net.Addr)) error {
	proxies, err := env.proxies()
	if err != nil {
		return err
	}
	till, hosted, err := env.cashier(m, demo)
	if err != nil {
		return err
	}
	handler, err := handlers.New(m, handlers.Config{BaseURL: env.BaseURL, Demo: demo, TrustedProxies: proxies, Facts: env.facts(demo), Cashier: till, Hosted: hosted})
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w (MYISP_ADDR or --addr chooses another)", addr, err)
	}
	server := &http.Server{Handler: handler, ReadTimeout: readTimeout, ReadHeaderTimeout: readTimeout, WriteTimeout: writeTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader, ErrorLog: slog.NewLogLogger(slog.Default().Handler(), slog.LevelWarn)}
	working, stopWorking := context.WithCancel(ctx)
	till.BaseURL = env.BaseURL
	worker := jobs.New(m, couriers).Payments(till).Portal(handler.Kit(), reachable(listener.Addr()))
	worked := make(chan struct{})
	go func() { defer close(worked); worker.Run(working) }()

	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	ready(listener.Addr())
	select {
	case err = <-failed:
	case <-ctx.Done():
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownWait)
		defer cancel()
		err = server.Shutdown(closing)
	}
	stopWorking()
	<-worked
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// facts are what the system page tells of the program and how it was started; passwords in URLs are not among them.
func (e *Environment) facts(demo bool) handlers.Facts {
	f := handlers.Facts{Version: version(), Started: time.Now(), DataDir: e.DataDir, Proxies: e.TrustedProxies}
	f.Revision, f.Built = revision()
	carrier := func(raw string) handlers.Carrier {
		if raw == "" {
			return handlers.Carrier{Captured: demo}
		}
		return handlers.Carrier{Host: hostOf(raw)}
	}
	f.Mail, f.SMS = carrier(e.SMTPURL), carrier(e.SMSURL)
	return f
}
