package webhookeventreceiver

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
)

func post(t *testing.T, answer error, method, path, body string) (int, []string) {
	t.Helper()
	var bodies []string
	next, err := consumer.NewLogs(func(_ context.Context, logs plog.Logs) error {
		bodies = append(bodies, logs.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Body().Str())
		return answer
	})
	if err != nil {
		t.Fatal(err)
	}
	r := &webhookReceiver{config: &config{Path: "/alerts", HealthPath: "/health"}, next: next}
	w := httptest.NewRecorder()
	r.handler().ServeHTTP(w, httptest.NewRequest(method, path, strings.NewReader(body)))
	return w.Code, bodies
}

func TestABodyIsOneRecord(t *testing.T) {
	code, bodies := post(t, nil, http.MethodPost, "/alerts", `{"status":"firing"}`)
	if code != http.StatusOK || len(bodies) != 1 || bodies[0] != `{"status":"firing"}` {
		t.Fatal(code, bodies)
	}
}

func TestWhatCannotBePassedOnIsSentAgain(t *testing.T) {
	if code, _ := post(t, errors.New("memory is short"), http.MethodPost, "/alerts", "x"); code != http.StatusServiceUnavailable {
		t.Fatal(code)
	}
}

func TestNothingElseIsTaken(t *testing.T) {
	for _, c := range []struct {
		method, path, body string
		code               int
	}{
		{http.MethodPost, "/alerts", "", http.StatusBadRequest},
		{http.MethodPost, "/alerts", strings.Repeat("x", maxBody+1), http.StatusBadRequest},
		{http.MethodPost, "/other", "x", http.StatusNotFound},
		{http.MethodGet, "/alerts", "", http.StatusMethodNotAllowed},
		{http.MethodGet, "/health", "", http.StatusOK},
	} {
		if code, bodies := post(t, nil, c.method, c.path, c.body); code != c.code || len(bodies) != 0 {
			t.Error(c.method, c.path, code, len(bodies))
		}
	}
}
