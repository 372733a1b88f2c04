//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// readsTheDocument opens the page of the API: it shows every operation, opens
// one by the keyboard alone, and asks nobody but its own site.
func (p *phone) readsTheDocument(t *testing.T) {
	t.Helper()
	r, err := http.Get(p.site + "/v1/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	var doc struct {
		Paths map[string]map[string]any
	}
	if err := json.NewDecoder(r.Body).Decode(&doc); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, methods := range doc.Paths {
		n += len(methods)
	}
	p.do(t, chromedp.Navigate(p.site+"/v1/docs"))
	p.until(t, fmt.Sprintf(`document.querySelectorAll("details").length === %d`, n))
	p.do(t, chromedp.Focus("#create-claims summary"), chromedp.KeyEvent("\r"))
	p.until(t, `document.getElementById("create-claims").open && document.getElementById("create-claims").innerText.includes("Idempotency-Key")`)
	p.looks(t, "docs")
	asked, err := chromedp.Run(p.ctx, chromedp.Evaluate[[]string](`performance.getEntriesByType("resource").map((e) => e.name)`))
	if err != nil || len(asked) < 3 {
		t.Errorf("it asked for %v: %v", asked, err)
	}
	for _, url := range asked {
		if !strings.HasPrefix(url, p.site+"/v1/") {
			t.Errorf("it asks elsewhere: %s", url)
		}
	}
	wide, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool]("document.documentElement.scrollWidth > innerWidth"))
	if err != nil || wide {
		t.Errorf("it is wider than the phone: %v", err)
	}
}
