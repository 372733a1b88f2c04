package openai

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"dropcut/pipeline"
)

// completion is an answer of the contract's shape around that content.
func completion(t *testing.T, content string) []byte {
	t.Helper()
	var doc map[string]any
	if err := json.Unmarshal(fixture(t, "completion.json"), &doc); err != nil {
		t.Fatal(err)
	}
	doc["choices"].([]any)[0].(map[string]any)["message"].(map[string]any)["content"] = content
	body, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func TestLinesComeBackLineForLine(t *testing.T) {
	t.Parallel()
	c, _ := service(t, func(w http.ResponseWriter, r *http.Request) {
		var q struct {
			Model    string    `json:"model"`
			Messages []message `json:"messages"`
		}
		if err := json.NewDecoder(r.Body).Decode(&q); err != nil || r.URL.Path != "/v1/chat/completions" || q.Model != "small" || len(q.Messages) != 2 {
			t.Errorf("%s %+v %v", r.URL.Path, q, err)
			return
		}
		if !strings.Contains(q.Messages[0].Content, "from en to de") || q.Messages[1].Content != `{"lines":[{"n":1,"text":"And here it is:"},{"n":2,"text":"the lamp."}]}` {
			t.Errorf("%+v", q.Messages)
		}
		_, _ = w.Write(fixture(t, "completion.json"))
	})
	got, err := c.Translate(t.Context(), "en", "de", []string{"And here it is:", "the lamp."})
	if err != nil || !slices.Equal(got, []string{"Und hier ist sie:", "die Lampe."}) {
		t.Errorf("%q %v", got, err)
	}
}

func TestManyLinesGoInBatchesAndStayInOrder(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	c, _ := service(t, func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		var q struct {
			Messages []message `json:"messages"`
		}
		var in struct {
			Lines []numbered `json:"lines"`
		}
		if json.NewDecoder(r.Body).Decode(&q) != nil || json.Unmarshal([]byte(q.Messages[1].Content), &in) != nil {
			t.Error("the question cannot be read")
		}
		for i := range in.Lines {
			in.Lines[i].Text = "«" + in.Lines[i].Text + "»"
		}
		out, _ := json.Marshal(in)
		_, _ = w.Write(completion(t, "```json\n"+string(out)+"\n```"))
	})
	var lines, want []string
	for i := range 2*linesAtOnce + 3 {
		lines, want = append(lines, fmt.Sprint(i)), append(want, fmt.Sprintf("«%d»", i))
	}
	got, err := c.Translate(t.Context(), "und", "de", lines)
	if err != nil || !slices.Equal(got, want) || calls.Load() != 3 {
		t.Errorf("%d calls, %q %v", calls.Load(), got, err)
	}
}

func TestAnAnswerThatDoesNotMatchIsRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ why, content string }{
		{"too few", `{"lines":[{"n":1,"text":"a"}]}`},
		{"too many", `{"lines":[{"n":1,"text":"a"},{"n":2,"text":"b"},{"n":3,"text":"c"}]}`},
		{"out of order", `{"lines":[{"n":2,"text":"a"},{"n":1,"text":"b"}]}`},
		{"one twice", `{"lines":[{"n":1,"text":"a"},{"n":1,"text":"b"}]}`},
		{"an empty one", `{"lines":[{"n":1,"text":"a"},{"n":2,"text":" "}]}`},
		{"talk", `Sure! Here you are.`},
		{"nothing", ``},
		{"another form", `{"lines":["a","b"]}`},
	} {
		t.Run(c.why, func(t *testing.T) {
			t.Parallel()
			var calls atomic.Int32
			client, _ := service(t, func(w http.ResponseWriter, _ *http.Request) {
				calls.Add(1)
				_, _ = w.Write(completion(t, c.content))
			})
			got, err := client.Translate(t.Context(), "en", "de", []string{"one", "two"})
			if pipeline.AsError(err, "").Code != "bad_answer" || got != nil || calls.Load() != tries {
				t.Errorf("%q after %d calls: %v", got, calls.Load(), err)
			}
		})
	}
}

func TestASecondAnswerThatMatchesIsTaken(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	client, _ := service(t, func(w http.ResponseWriter, _ *http.Request) {
		if calls.Add(1) == 1 {
			_, _ = w.Write(completion(t, "no"))
			return
		}
		_, _ = w.Write(fixture(t, "completion.json"))
	})
	if got, err := client.Translate(t.Context(), "en", "de", []string{"one", "two"}); err != nil || len(got) != 2 {
		t.Errorf("%q %v", got, err)
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add([]byte(`{"choices":[{"message":{"content":"{\"lines\":[{\"n\":1,\"text\":\"a\"}]}"}}]}`), 1)
	f.Add([]byte(`{"choices":[]}`), 2)
	f.Fuzz(func(t *testing.T, body []byte, n int) {
		n = min(max(n, 0), 50)
		out, err := answer(body, n)
		if err == nil && len(out) != n {
			t.Errorf("%d lines for %d", len(out), n)
		}
	})
}
