// Package webhookeventreceiver takes HTTP POSTs and makes each body one log record. It answers to the same name and
// settings as the receiver `webhookevent` of the Collector's contrib distribution, so that one configuration serves
// both; what that one can beyond endpoint, path and health_path is not here.
package webhookeventreceiver

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/receiver"
)

// An alert with all its annotations is a few KB, a notification has at most some dozens.
const maxBody = 4 << 20

type config struct {
	Endpoint   string `mapstructure:"endpoint"`
	Path       string `mapstructure:"path"`
	HealthPath string `mapstructure:"health_path"`
}

func (c *config) Validate() error {
	if c.Endpoint == "" {
		return errors.New("endpoint is missing: HOST:PORT to listen on")
	}
	return nil
}

// NewFactory is what the Collector's table of components asks for.
func NewFactory() receiver.Factory {
	standard := func() component.Config { return &config{Path: "/events", HealthPath: "/health_check"} }
	return receiver.NewFactory(component.MustNewType("webhookevent"), standard,
		receiver.WithLogs(newReceiver, component.StabilityLevelDevelopment))
}

type webhookReceiver struct {
	settings receiver.Settings
	config   *config
	next     consumer.Logs
	server   *http.Server
}

func newReceiver(_ context.Context, settings receiver.Settings, c component.Config, next consumer.Logs) (receiver.Logs, error) {
	return &webhookReceiver{settings: settings, config: c.(*config), next: next}, nil
}

func (r *webhookReceiver) Start(_ context.Context, host component.Host) error {
	listener, err := net.Listen("tcp", r.config.Endpoint)
	if err != nil {
		return err
	}
	r.server = &http.Server{Handler: r.handler(), ReadTimeout: 5 * time.Second, WriteTimeout: 5 * time.Second}
	go func() {
		if err := r.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			componentstatus.ReportStatus(host, componentstatus.NewFatalErrorEvent(err))
		}
	}()
	return nil
}

func (r *webhookReceiver) Shutdown(ctx context.Context) error {
	if r.server == nil {
		return nil
	}
	return r.server.Shutdown(ctx)
}

func (r *webhookReceiver) handler() http.Handler {
	routes := http.NewServeMux()
	routes.HandleFunc("POST "+r.config.Path, r.receive)
	routes.HandleFunc("GET "+r.config.HealthPath, func(http.ResponseWriter, *http.Request) {})
	return routes
}

func (r *webhookReceiver) receive(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, request.Body, maxBody))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if len(body) == 0 {
		http.Error(w, "empty body", http.StatusBadRequest)
		return
	}
	if err := r.next.ConsumeLogs(request.Context(), toLogs(body)); err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable) // the sender tries again
	}
}

func toLogs(body []byte) plog.Logs {
	logs := plog.NewLogs()
	record := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	record.SetObservedTimestamp(pcommon.NewTimestampFromTime(time.Now()))
	record.Body().SetStr(string(body))
	return logs
}
