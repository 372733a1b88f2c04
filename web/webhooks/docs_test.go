package webhooks

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"dropcut/pipeline"
)

func page(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "webhooks.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestThePageShowsEveryKindAsItIsTold: each example is one of its type, whole.
func TestThePageShowsEveryKindAsItIsTold(t *testing.T) {
	t.Parallel()
	types := map[string]any{pipeline.TellVariantReady: &pipeline.ReadyVariant{}, pipeline.TellVariantRevoked: &pipeline.RevokedVariant{},
		pipeline.TellClipPosted: &pipeline.PostedClip{}, pipeline.TellRecordingFailed: &pipeline.FailedRecording{}, pipeline.TellWindowClosed: &pipeline.ClosedWindow{}}
	var shown []string
	for _, block := range regexp.MustCompile("(?s)```json\n(.*?)\n```").FindAllStringSubmatch(page(t), -1) {
		var m struct {
			Type      string
			Timestamp time.Time
			Data      json.RawMessage
		}
		if err := json.Unmarshal([]byte(block[1]), &m); err != nil || types[m.Type] == nil {
			t.Fatalf("%s: %v", block[1], err)
		}
		shown = append(shown, m.Type)
		decode := json.NewDecoder(bytes.NewReader(m.Data))
		decode.DisallowUnknownFields()
		if err := decode.Decode(types[m.Type]); err != nil {
			t.Errorf("%s: %v", m.Type, err)
		}
		if back, err := json.Marshal(types[m.Type]); err != nil || string(back) != string(m.Data) {
			t.Errorf("%s is shown as\n%s\nand told as\n%s", m.Type, m.Data, back)
		}
	}
	if !slices.Equal(shown, pipeline.TellKinds) {
		t.Errorf("shown are %v, told are %v", shown, pipeline.TellKinds)
	}
}

func TestThePageShowsEveryAttempt(t *testing.T) {
	t.Parallel()
	_, table, _ := strings.Cut(page(t), "| attempt | after the one before |\n|---|---|\n")
	table, _, _ = strings.Cut(table, "\n\n")
	var want []string
	for n, d := range delays {
		said := map[bool]string{true: fmt.Sprintf("%.0f h", d.Hours()), false: fmt.Sprintf("%.0f min", d.Minutes())}[d >= time.Hour]
		if d < time.Minute {
			said = fmt.Sprintf("%.0f s", d.Seconds())
		}
		if d == 0 {
			said = "at once"
		}
		want = append(want, fmt.Sprintf("| %d | %s |", n+1, said))
	}
	if table != strings.Join(want, "\n") {
		t.Errorf("the page says\n%s\nwant\n%s", table, strings.Join(want, "\n"))
	}
}

// TestTheScriptOfThePageVerifiesWhatWeSign: with openssl, which knows nothing of us.
func TestTheScriptOfThePageVerifiesWhatWeSign(t *testing.T) {
	t.Parallel()
	script := regexp.MustCompile("(?s)```sh\n(.*?)```").FindStringSubmatch(page(t))
	if script == nil {
		t.Fatal("the page shows no script")
	}
	body := "{\"name\":\"ü \\u0000 'x' $(y)\"}\n\n"
	file := filepath.Join(t.TempDir(), "body")
	if err := os.WriteFile(file, []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
	old, fresh := secretOf(0xfb), secretOf(0x00)
	for why, c := range map[string]struct {
		secret string
		at     time.Time
		change string
		ok     bool
	}{
		"the old secret":     {old, time.Now(), "", true},
		"the new secret":     {fresh, time.Now(), "", true},
		"a stranger's":       {secretOf('s'), time.Now(), "", false},
		"too old":            {old, time.Now().Add(-10 * time.Minute), "", false},
		"too new":            {old, time.Now().Add(10 * time.Minute), "", false},
		"the ID was changed": {old, time.Now(), "msg_2", false},
	} {
		h := http.Header{}
		if err := sign(h, []string{fresh, old}, "msg_1", c.at, []byte(body)); err != nil {
			t.Fatal(err)
		}
		id := "msg_1"
		if c.change != "" {
			id = c.change
		}
		cmd := exec.Command("sh", "-c", script[1])
		cmd.Env = append(os.Environ(), "SECRET="+c.secret, "BODY="+file, "ID="+id, "TIMESTAMP="+h.Get("webhook-timestamp"), "SIGNATURE="+h.Get("webhook-signature"))
		out, err := cmd.CombinedOutput()
		if (err == nil) != c.ok || c.ok && string(out) != "verified msg_1\n" {
			t.Errorf("%s: %v: %s", why, err, out)
		}
	}
}
