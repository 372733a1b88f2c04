//go:build linux

package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// reachJS is what keeps people out of what a page shows now: what has no name,
// what is hard to read, what a finger or a caret cannot find. Colours are those
// that the browser computed, laid over each other down to the page.
const reachJS = `(() => {
const wrong = [], shown = e => e.checkVisibility({ visibilityProperty: true, opacityProperty: true });
const text = e => (e.getAttribute("aria-label") || (e.labels && [...e.labels].map(l => l.textContent).join(" ")) || (e.matches("input, select, textarea") ? "" : e.textContent) || e.title || "").trim();
const what = e => e.tagName.toLowerCase() + (e.id ? "#" + e.id : "");
if (!/^[a-z]{2}/.test(document.documentElement.lang)) wrong.push("the page has no language");
if (!document.title.trim()) wrong.push("the page has no title");
if (document.querySelectorAll("h1").length !== 1 || !document.querySelector("main")) wrong.push("it has not one heading and one main part");
if (/user-scalable *= *no|maximum-scale/.test(document.querySelector("meta[name=viewport]")?.content)) wrong.push("it cannot be made larger");
const ids = [...document.querySelectorAll("[id]")].map(e => e.id);
for (const id of new Set(ids)) if (ids.filter(i => i === id).length > 1) wrong.push("two things are called #" + id);
for (const l of document.querySelectorAll("label[for]")) if (!document.getElementById(l.htmlFor)) wrong.push("a label for nothing: " + l.htmlFor);
for (const e of document.querySelectorAll("button, input, select, textarea, a[href], [role=button], [role=group], [tabindex]")) {
  if (!shown(e)) continue;
  if (!text(e)) wrong.push(what(e) + " has no name");
  if (e.tabIndex > 0) wrong.push(what(e) + " goes before others");
  const box = e.getBoundingClientRect();
  if (e.matches("button, input, select") && (box.width < 24 || box.height < 24)) wrong.push(what(e) + " is too small to touch: " + Math.round(box.width) + " by " + Math.round(box.height));
}
const colour = text => { const n = text.match(/[\d.]+/g).map(Number); return { c: n.slice(0, 3), a: n.length > 3 ? n[3] : 1 }; };
const over = (top, under) => top.c.map((v, i) => v * top.a + under[i] * (1 - top.a));
const behind = e => {
  const layers = [];
  for (let p = e; p; p = p.parentElement) { const b = colour(getComputedStyle(p).backgroundColor); layers.push(b); if (b.a === 1) break; }
  return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255]);
};
const light = c => { const [r, g, b] = c.map(v => { v /= 255; return v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; }); return .2126 * r + .7152 * g + .0722 * b; };
const contrast = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + .05) / (y + .05); };
const readable = (e, ink, part) => {
  const paper = behind(e), ratio = contrast(over(colour(ink), paper), paper);
  if (ratio < 4.5) wrong.push(what(e) + part + " has a contrast of " + ratio.toFixed(2));
};
let read = 0;
const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (words.nextNode()) {
  const e = words.currentNode.parentElement;
  if (!words.currentNode.data.trim() || !shown(e) || e.matches("script, style")) continue;
  read++; readable(e, getComputedStyle(e).color, "");
}
for (const e of document.querySelectorAll("input, textarea")) if (shown(e)) {
  readable(e, getComputedStyle(e).color, "'s text");
  if (e.placeholder) readable(e, getComputedStyle(e, "::placeholder").color, "'s placeholder");
}
if (!read) wrong.push("nothing is to be read");
return wrong;
})()`

// focusJS is what has the focus, and whether that is seen; "" where nothing has.
const focusJS = `(() => { const e = document.activeElement, s = getComputedStyle(e);
return e === document.body ? "" : (e.id || e.textContent.trim()) + (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2 ? "" : " (unseen)"); })()`

// reaches checks what a page shows now.
func (p *phone) reaches(t *testing.T, when string) {
	t.Helper()
	wrong, err := chromedp.Run(p.ctx, chromedp.Evaluate[[]string](reachJS))
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range wrong {
		t.Errorf("%s: %s", when, w)
	}
}

// tabs is what the Tab key comes to, from what has the focus until it is there
// again.
func (p *phone) tabs(t *testing.T) (all []string) {
	t.Helper()
	for range 30 {
		p.do(t, chromedp.KeyEvent("\t"))
		at, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](focusJS))
		if err != nil {
			t.Fatal(err)
		}
		if len(all) > 0 && at == all[0] {
			return all
		}
		if at != "" {
			all = append(all, at)
		}
	}
	t.Fatalf("Tab comes back to nothing: %v", all)
	return nil
}

// TestThePageOfMarksIsForEverybody: whoever reads, touches or has keys alone,
// by day and by night, in each of its states.
func TestThePageOfMarksIsForEverybody(t *testing.T) {
	t.Parallel()
	v, browser, token := pageOfMarks(t)
	for scheme, dark := range map[string]string{"dark": "true", "light": "false"} {
		p := openPhone(t, browser, v.address, chromedp.Flag("blink-settings", "preferredColorScheme="+map[string]string{"dark": "0", "light": "1"}[scheme]))
		p.do(t, chromedp.EmulateViewport(390, 844), chromedp.Navigate(p.site+"/mark"))
		p.until(t, `!document.getElementById("who").hidden && matchMedia("(prefers-color-scheme: dark)").matches === `+dark)
		p.reaches(t, scheme+", without a token")
		if got, want := p.tabs(t), []string{"creator", "keep", "Use it", "forget", "token"}; !slices.Equal(got, want) {
			t.Errorf("%s: Tab goes to %v, want %v", scheme, got, want)
		}
		p.do(t, chromedp.SendKeys("#token", token+"\r"))
		p.until(t, `!document.getElementById("marking").hidden && document.activeElement.id === "mark"`)
		p.reaches(t, scheme+", ready")
		p.do(t, chromedp.KeyEvent("1"), chromedp.KeyEvent(" "))
		p.until(t, `document.getElementById("status").textContent.startsWith("Marked “drop” at ") && document.getElementById("waiting").textContent === ""`)
		p.reaches(t, scheme+", marked")
		got := strings.Replace(strings.Join(p.tabs(t), ", "), "undo, ", "", 1) // it goes after ten seconds, which a busy machine may take
		if !strings.HasPrefix(got, "drop, ") || !strings.HasSuffix(got, "name, Add, forget, mark") || strings.Contains(got, "unseen") {
			t.Errorf("%s: Tab goes to %s", scheme, got)
		}
	}
	v.leave(t)
}
