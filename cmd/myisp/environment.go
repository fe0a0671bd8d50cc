package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"myisp/internal/secret"
	"myisp/models"
	"myisp/models/db"
)

// Environment is what every command may be told by flag or environment (design/interface.md).
type Environment struct {
	DataDir        string     `name:"data-dir" env:"MYISP_DATA_DIR" default:"./data" help:"Embedded database, uploads, generated files."`
	DatabaseURL    string     `name:"database-url" env:"DATABASE_URL" help:"postgres://…; empty is an embedded database in the data directory."`
	ReplicaURL     string     `name:"replica-url" env:"DATABASE_REPLICA_URL" help:"A read-only copy for usage and history."`
	BaseURL        string     `name:"base-url" env:"MYISP_BASE_URL" help:"Where customers reach the portal, for links in mail."`
	Secret         string     `name:"secret" env:"MYISP_SECRET" help:"At least 32 bytes; all keys derive from it."`
	SMTPURL        string     `name:"smtp-url" env:"MYISP_SMTP_URL" help:"smtp://user:pass@host:587; empty sends no mail."`
	SMSURL         string     `name:"sms-url" env:"MYISP_SMS_URL" help:"The SMS provider's URL; empty sends no SMS."`
	TrustedProxies string     `name:"trusted-proxies" env:"MYISP_TRUSTED_PROXIES" help:"CIDRs whose forwarded headers count, with commas between."`
	LogLevel       slog.Level `name:"log-level" env:"MYISP_LOG_LEVEL" default:"INFO" help:"DEBUG, INFO, WARN or ERROR."`
}

// open connects to the configured database. Commands that are not the server may do without a secret of their own: then
// one is made in the data directory, as the demo does.
func (e *Environment) open(ctx context.Context) (*models.Models, error) {
	key, err := e.secret()
	if err != nil {
		return nil, err
	}
	m, err := models.Open(ctx, models.Config{DB: e.database(), Secret: key})
	if err != nil {
		return nil, fmt.Errorf("%w\n  check DATABASE_URL and MYISP_DATA_DIR", err)
	}
	return m, nil
}

func (e *Environment) database() db.Config {
	return db.Config{URL: e.DatabaseURL, ReplicaURL: e.ReplicaURL, DataDir: e.DataDir}
}

// opened opens the database with an up-to-date schema, runs fn and closes it.
func (e *Environment) opened(ctx context.Context, fn func(m *models.Models) error) error {
	m, err := e.open(ctx)
	if err != nil {
		return err
	}
	defer m.Close()
	if err := m.Migrate(ctx); err != nil {
		return err
	}
	return fn(m)
}

// secret returns MYISP_SECRET, or the one kept in the data directory, which is made at the first need.
func (e *Environment) secret() (string, error) {
	if e.Secret != "" {
		return e.Secret, nil
	}
	path := filepath.Join(e.DataDir, "secret")
	kept, err := os.ReadFile(path)
	if err == nil {
		return strings.TrimSpace(string(kept)), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if err := os.MkdirAll(e.DataDir, 0o700); err != nil {
		return "", fmt.Errorf("make the data directory: %w", err)
	}
	made := make([]byte, 48)
	if _, err := rand.Read(made); err != nil {
		return "", err
	}
	text := base64.RawURLEncoding.EncodeToString(made)
	return text, os.WriteFile(path, []byte(text+"\n"), 0o600)
}

// forServing checks what a real installation must say before it starts.
func (e *Environment) forServing() error {
	if e.BaseURL == "" {
		return errors.New("MYISP_BASE_URL is missing: set it to the address that customers open, such as https://my.example.net")
	}
	if u, err := url.Parse(e.BaseURL); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || strings.Trim(u.Path, "/") != "" {
		return fmt.Errorf("MYISP_BASE_URL %q must be scheme and host only, such as https://my.example.net", e.BaseURL)
	}
	if e.Secret == "" {
		return errors.New("MYISP_SECRET is missing: set it to at least 32 random bytes, for example: openssl rand -base64 48")
	}
	_, err := secret.NewKeys(e.Secret)
	return err
}

func (e *Environment) proxies() ([]*net.IPNet, error) {
	var list []*net.IPNet
	for _, s := range strings.FieldsFunc(e.TrustedProxies, func(r rune) bool { return r == ',' || r == ' ' }) {
		_, n, err := net.ParseCIDR(s)
		if err != nil {
			return nil, fmt.Errorf("MYISP_TRUSTED_PROXIES: %q is not a network such as 10.0.0.0/8", s)
		}
		list = append(list, n)
	}
	return list, nil
}
