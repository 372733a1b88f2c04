//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"dropcut/pipeline"
)

// phone is a browser of a phone's size that reaches a serve through a network
// which may be away.
type phone struct {
	ctx  context.Context
	site string
	away atomic.Bool
}

func openPhone(t *testing.T, browser, address string, more ...chromedp.ExecAllocatorOption) *phone {
	t.Helper()
	to, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	p := &phone{}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to); r.Out.Host = r.In.Host }}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p.away.Load() {
			panic(http.ErrAbortHandler)
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	p.site = s.URL
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(browser), chromedp.NoSandbox, chromedp.UserDataDir(t.TempDir()))
	ctx, cancel = chromedp.NewExecAllocator(ctx, append(options, more...)...)
	t.Cleanup(cancel)
	p.ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	return p
}

func (p *phone) do(t *testing.T, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(p.ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

// until waits for an expression to be true.
func (p *phone) until(t *testing.T, expression string) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		ok, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool](expression))
		if err != nil {
			t.Fatal(err)
		}
		if ok {
			return
		}
		if time.Now().After(end) {
			text, _ := chromedp.Run(p.ctx, chromedp.Evaluate[string]("document.body.innerText"))
			t.Fatalf("never %s: %s", expression, text)
		}
	}
}

var look = flag.String("look", "", "a folder in which pictures of pages are kept, to be looked at")

// looks keeps what is seen where somebody wants to look at it.
func (p *phone) looks(t *testing.T, name string) {
	t.Helper()
	if *look == "" {
		return
	}
	b, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(filepath.Join(*look, name+".png"), b, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// pageOfMarks is a service, a browser to open its page of marks in, and a token
// of the creator ada for it.
func pageOfMarks(t *testing.T) (v *served, browser, token string) {
	t.Helper()
	return pageOf(t, func(stall) {})
}

// pageOf is the same over what lay puts there first.
func pageOf(t *testing.T, lay func(stall)) (v *served, browser, token string) {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a browser")
	}
	if browser = chromium(); browser == "" {
		t.Skip("neither Chromium nor Chrome is installed: scripts/setup test installs it")
	}
	s := openStall(t)
	lay(s)
	v = s.serve(t)
	return v, browser, v.invited(t)
}

// invited is a token of the creator ada, made as a person makes it who reads
// what the log says first, and then what the page of marks says.
func (v *served) invited(t *testing.T) string {
	t.Helper()
	var log string
	v.until(t, "how to make a first token", func() bool {
		if m := regexp.MustCompile(`"make one":("[^"]*")`).FindStringSubmatch(v.talk.String()); m != nil {
			_ = json.Unmarshal([]byte(m[1]), &log)
		}
		return log != ""
	})
	answer, err := http.Get(v.address + "/mark")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	page, err := io.ReadAll(answer.Body)
	invitation := regexp.MustCompile(`<code>(dropcut tokens create [^<]*)</code>`).FindSubmatch(page)
	if err != nil || invitation == nil {
		t.Fatalf("%v: the page names no command:\n%s", err, page)
	}
	admin := typed(t, t.TempDir(), log)
	return typed(t, t.TempDir(), string(invitation[1]), "DROPCUT_TOKEN="+admin, "DROPCUT_SERVER="+v.address)
}

// typed is what a command prints that a person types in a shell, in some folder.
func typed(t *testing.T, folder, command string, environment ...string) string {
	t.Helper()
	cmd := exec.Command("sh", "-c", command)
	cmd.Dir, cmd.Env = folder, append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + folder}, environment...)
	var talk bytes.Buffer
	cmd.Stderr = &talk
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", command, err, talk.String())
	}
	return strings.TrimSpace(string(out))
}

// TestAPhoneMarksAlsoWithoutNetwork: by keys and by touch; what is pressed
// without network arrives later with its own time; what is undone is gone.
func TestAPhoneMarksAlsoWithoutNetwork(t *testing.T) {
	t.Parallel()
	v, browser, token := pageOfMarks(t)
	marks := func() (out []pipeline.LiveMark) {
		var list struct{ Data []pipeline.LiveMark }
		v.ask(t, "GET", "/v1/marks", &list)
		return list.Data
	}
	p := openPhone(t, browser, v.address)
	p.do(t, chromedp.EmulateViewport(390, 844), chromedp.Navigate(p.site+"/mark"))
	p.until(t, `!document.getElementById("who").hidden`)
	p.looks(t, "mark-token")
	p.do(t, chromedp.SendKeys("#token", token+"\r"))
	p.until(t, `!document.getElementById("marking").hidden && document.activeElement.id === "mark"`)
	p.do(t, chromedp.KeyEvent("1"), chromedp.KeyEvent(" "))
	v.until(t, "a mark", func() bool { return len(marks()) == 1 })
	if m := marks()[0]; m.Label != "drop" || m.Source != "phone" || m.Creator != "ada" || time.Since(*m.At).Abs() > time.Minute {
		t.Errorf("%+v", m)
	}
	p.until(t, `document.getElementById("status").textContent.startsWith("Marked “drop” at ")`)
	p.looks(t, "mark-said")
	p.do(t, chromedp.KeyEvent("u"))
	v.until(t, "nothing: it was undone", func() bool { return len(marks()) == 0 })

	p.away.Store(true)
	pressed := time.Now()
	p.do(t, chromedp.Click("#mark"))
	p.until(t, `document.getElementById("waiting").textContent === "1 mark waits for the network"`)
	p.looks(t, "mark-away")
	time.Sleep(2 * time.Second) // what arrives later has not the time of its arrival
	p.away.Store(false)
	p.do(t, chromedp.Navigate(p.site+"/mark")) // the press and the token outlive the page
	v.until(t, "the mark of before", func() bool { return len(marks()) == 1 })
	if m := marks()[0]; m.At.Sub(pressed).Abs() > 1500*time.Millisecond {
		t.Errorf("pressed at %s, and marked at %s", pressed, m.At)
	}
	p.until(t, `document.getElementById("waiting").textContent === ""`)
	wide, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool]("document.documentElement.scrollWidth > innerWidth"))
	if err != nil || wide {
		t.Errorf("it is wider than the phone: %v", err)
	}
	answer, err := http.Get(p.site + "/mark")
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if csp := answer.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") {
		t.Errorf("%q", csp)
	}
	p.readsTheDocument(t)
	v.leave(t)
}
