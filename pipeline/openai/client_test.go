package openai

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"dropcut/pipeline"
)

const key = "sk-very-secret"

func fixture(t *testing.T, name string) []byte {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// service is a client of a server of our own, and the pauses it took.
func service(t *testing.T, serve http.HandlerFunc) (*Client, *[]time.Duration) {
	t.Helper()
	s := httptest.NewServer(serve)
	t.Cleanup(s.Close)
	c, err := New(Config{URL: s.URL + "/v1/", Model: "small", Key: key, Timeout: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	var pauses []time.Duration
	c.pause = func(_ context.Context, d time.Duration) error {
		pauses = append(pauses, d)
		return nil
	}
	return c, &pauses
}

func sound(t *testing.T, size int) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "sound.wav")
	if err := os.WriteFile(file, slices.Repeat([]byte("RIFF"), size/4), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestSoundIsSentAsTheContractSays(t *testing.T) {
	t.Parallel()
	c, _ := service(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method != "POST" || r.URL.Path != "/v1/audio/transcriptions" || r.Header.Get("Authorization") != "Bearer "+key {
			t.Errorf("%s %s %q", r.Method, r.URL.Path, r.Header.Get("Authorization"))
		}
		if err := r.ParseMultipartForm(1 << 20); err != nil {
			t.Errorf("the form: %v", err)
			return
		}
		for name, want := range map[string]string{"model": "[small]", "response_format": "[verbose_json]", "temperature": "[0]",
			"timestamp_granularities[]": "[word segment]", "language": "[de]"} {
			if got := fmt.Sprint(r.MultipartForm.Value[name]); got != want {
				t.Errorf("%s is %s, want %s", name, got, want)
			}
		}
		f, head, err := r.FormFile("file")
		if err != nil {
			t.Errorf("no file: %v", err)
			return
		}
		body, _ := io.ReadAll(f)
		if len(body) != 96000 || head.Filename != "excerpt.wav" {
			t.Errorf("%d bytes named %q", len(body), head.Filename)
		}
		_, _ = w.Write(fixture(t, "transcription.json"))
	})
	body, err := c.Hear(t.Context(), sound(t, 96000), "de")
	if err != nil || string(body) != string(fixture(t, "transcription.json")) {
		t.Errorf("%s %v", body, err)
	}
}

func TestALanguageNobodyNamedIsNotSent(t *testing.T) {
	t.Parallel()
	c, _ := service(t, func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseMultipartForm(1 << 20)
		if _, sent := r.MultipartForm.Value["language"]; sent {
			t.Error("a language was sent")
		}
		_, _ = w.Write([]byte(`{"text":""}`))
	})
	if _, err := c.Hear(t.Context(), sound(t, 8), ""); err != nil {
		t.Error(err)
	}
}

func TestABusyServiceIsAskedAgain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		why    string
		status int
		header string
		fails  int32
		calls  int32
		code   string
		first  time.Duration // the least of the first pause
	}{
		{"too many requests, says when", 429, "7", 1, 2, "", 7 * time.Second},
		{"too many requests, does not say", 429, "", 2, 3, "", time.Second},
		{"broken for a while", 503, "", 3, 4, "", time.Second},
		{"broken for good", 500, "", 9, 4, "busy", time.Second},
		{"wants an hour", 429, "3600", 9, 1, "busy", 0},
		{"a wrong key is not tried again", 401, "", 9, 1, "bad_key", 0},
		{"nor a request it refuses", 400, "", 9, 1, "refused", 0},
		{"nor a place that is not there", 404, "", 9, 1, "refused", 0},
		{"nor nothing at all", 204, "", 9, 1, "no_answer", 0},
	} {
		t.Run(c.why, func(t *testing.T) {
			t.Parallel()
			var calls atomic.Int32
			client, pauses := service(t, func(w http.ResponseWriter, r *http.Request) {
				if calls.Add(1) <= c.fails {
					if c.header != "" {
						w.Header().Set("Retry-After", c.header)
					}
					w.WriteHeader(c.status)
					if c.status != 204 {
						_, _ = w.Write(fixture(t, "error.json"))
					}
					return
				}
				if n, _ := io.Copy(io.Discard, r.Body); n < 96000 {
					t.Errorf("sent again with %d bytes", n)
				}
				_, _ = w.Write(fixture(t, "transcription.json"))
			})
			_, err := client.Hear(t.Context(), sound(t, 96000), "")
			if c.code == "" && err != nil || c.code != "" && pipeline.AsError(err, "").Code != c.code {
				t.Errorf("%v, want %q", err, c.code)
			}
			if c.code == "busy" && !strings.Contains(err.Error(), "Rate limit reached") {
				t.Errorf("the service's words are lost: %v", err)
			}
			if calls.Load() != c.calls {
				t.Errorf("%d calls, want %d", calls.Load(), c.calls)
			}
			if c.first > 0 && (len(*pauses) == 0 || (*pauses)[0] < c.first || (*pauses)[0] > c.first+c.first/2) {
				t.Errorf("paused %v, want %v first", *pauses, c.first)
			}
		})
	}
}

func TestAHostileAnswerIsBoundedAndRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		why, code string
		serve     http.HandlerFunc
	}{
		{"endless", "answer_too_large", func(w http.ResponseWriter, _ *http.Request) {
			for range mostAnswer/65536 + 2 {
				if _, err := w.Write(make([]byte, 65536)); err != nil {
					return
				}
			}
		}},
		{"a page", "bad_answer", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>welcome</html>")) }},
		{"a list", "bad_answer", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("[1,2,3]")) }},
		{"words without times", "no_times", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"text":"hello"}`)) }},
		{"words of another kind", "bad_answer", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"text":"hello","words":"x"}`)) }},
		{"deep", "bad_answer", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(`{"text":` + strings.Repeat("[", 1<<20)))
		}},
		{"leads elsewhere", "moved", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusTemporaryRedirect)
		}},
	} {
		t.Run(c.why, func(t *testing.T) {
			t.Parallel()
			client, _ := service(t, c.serve)
			if _, err := client.Hear(t.Context(), sound(t, 8), ""); pipeline.AsError(err, "").Code != c.code {
				t.Errorf("%v, want %s", err, c.code)
			}
		})
	}
}

func TestAnAnswerThatIsCutOffIsAskedForAgain(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	client, _ := service(t, func(w http.ResponseWriter, _ *http.Request) {
		body := fixture(t, "transcription.json")
		if calls.Add(1) == 1 {
			w.Header().Set("Content-Length", fmt.Sprint(len(body)))
			_, _ = w.Write(body[:100])
			return
		}
		_, _ = w.Write(body)
	})
	if _, err := client.Hear(t.Context(), sound(t, 8), ""); err != nil || calls.Load() != 2 {
		t.Errorf("%d calls, %v", calls.Load(), err)
	}
}

func TestASlowServiceIsLeft(t *testing.T) {
	t.Parallel()
	leave := make(chan struct{})
	client, _ := service(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		select {
		case <-leave:
		case <-r.Context().Done():
		}
	})
	t.Cleanup(func() { close(leave) })
	client.timeout = 50 * time.Millisecond
	if _, err := client.Hear(t.Context(), sound(t, 8), ""); pipeline.AsError(err, "").Code != "too_slow" {
		t.Errorf("%v", err)
	}
	client.timeout = time.Minute
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	if _, err := client.Hear(ctx, sound(t, 8), ""); pipeline.KindOf(err) != pipeline.Stopped {
		t.Errorf("asked to stop: %v", err)
	}
}

func TestTheKeyIsNeverTold(t *testing.T) {
	t.Parallel()
	client, _ := service(t, func(w http.ResponseWriter, _ *http.Request) { // a service that repeats what it was sent
		w.WriteHeader(400)
		_, _ = w.Write([]byte(`{"error":{"message":"bad key ` + key + ` \u001b[31m\nsecond line"}}`))
	})
	_, err := client.Hear(t.Context(), sound(t, 8), "")
	var logged strings.Builder
	c := Config{URL: "https://x/v1", Key: key}
	slog.New(slog.NewJSONHandler(&logged, nil)).Info("config", "config", c, "key", c.Key)
	slog.New(slog.NewTextHandler(&logged, nil)).Info("config", "config", c, "key", c.Key)
	doc, _ := json.Marshal(c)
	all := fmt.Sprintf("%v %+v %#v %s %s %s %v", c, c, c, doc, logged.String(), c.Key, err)
	if strings.Contains(all, key) || !strings.Contains(err.Error(), "[secret]") {
		t.Errorf("told: %s", all)
	}
	if strings.ContainsAny(err.Error(), "\x1b\n") {
		t.Errorf("not printable: %q", err)
	}
}

func TestAModelIsNamed(t *testing.T) {
	if err := (Config{URL: "https://x/v1"}).Validate(); pipeline.KindOf(err) != pipeline.Usage {
		t.Errorf("no model: %v", err)
	}
	if err := (Config{URL: "http://192.168.1.5/v1", Model: "m", Key: key}).Validate(); pipeline.KindOf(err) != pipeline.Usage {
		t.Errorf("a key in the clear: %v", err)
	}
}

func TestSoundBeyondTheContractIsNotSent(t *testing.T) {
	t.Parallel()
	client, _ := service(t, func(http.ResponseWriter, *http.Request) { t.Error("it was sent") })
	if _, err := client.Hear(t.Context(), sound(t, mostSound+8), ""); pipeline.AsError(err, "").Code != "too_large" {
		t.Errorf("%v", err)
	}
}
