"use strict";
const $ = id => document.getElementById(id);
const stored = key => sessionStorage.getItem(key) ?? localStorage.getItem(key) ?? "";
const say = text => { $("status").textContent = text; };
let asked = 0;

// el makes an element; texts of others become text nodes, never markup.
function el(name, more, ...inside) {
  const e = document.createElement(name);
  Object.assign(e, more);
  e.append(...inside.filter(i => i !== null && i !== undefined));
  return e;
}

function draw(name, attributes, ...inside) {
  const e = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v);
  e.append(...inside);
  return e;
}

class Refused extends Error {}

async function get(path) {
  const headers = stored("dropcut.token") ? { Authorization: "Bearer " + stored("dropcut.token") } : {};
  const r = await fetch(path, { headers, signal: AbortSignal.timeout(30000) });
  if (r.status === 401 || r.status === 403) throw new Refused();
  if (!r.ok) throw new Error((await r.json().catch(() => ({}))).detail || "The answer was " + r.status);
  return r.json();
}

const percent = p => (100 * p).toLocaleString("en", { maximumSignificantDigits: 3 }) + " %";
const number = n => n === null || n === undefined ? "not told" : n.toLocaleString("en");
const states = { open: "window still open", provisional: "provisional", final: "final", low_sample: "too few views", no_data: "no figures" };

// figures is a rate that never stands without its figures and its interval.
function figures(of) {
  const known = of.rate !== null && of.rate !== undefined;
  return el("p", {}, el("span", { className: "rate" }, known ? percent(of.rate) : "no rate"),
    " " + number(of.shares) + " re-shares of " + number(of.views) + " views" +
    (known ? ", 95 %: " + percent(of.low) + " to " + percent(of.high) : "") + (of.spread ? " (as posts differ: " + percent(of.spread.low) + " to " + percent(of.spread.high) + ")" : "") + " · " + (states[of.state] || of.state));
}

const clock = local => local.slice(11, 16);
const hours = all => all?.length ? "posted at " + all.map(h => String(h.hour).padStart(2, "0") + " h" + (h.posts > 1 ? " ×" + h.posts : "")).join(", ") + " local" : "";

function counted(s) {
  const left = [s.posts + (s.posts === 1 ? " post" : " posts") + " counted", s.open && s.open + " still open", s.missing && s.missing + " without figures", hours(s.hours)];
  return el("p", { className: "soft" }, left.filter(Boolean).join(" · "));
}

const notes = all => (all ?? []).map(n => el("p", { className: "soft" }, n.detail || n.code));
const sum = (title, s) => el("div", { className: "card" }, el("p", {}, title), figures(s), counted(s), ...notes(s.notes));

// board and report ask for what they show, and answer with what shows it.
async function board() {
  const by = $("by").value, none = { data: [] };
  const [results, recordings, channels, moments] = await Promise.all([get("/v1/results?by=" + by), get("/v1/recordings?limit=50"),
    by === "channel" ? get("/v1/channels?limit=100") : none, by === "moment" ? get("/v1/moments?limit=100") : none]);
  const called = new Map([...channels.data.map(c => [c.id, c.name]), ...moments.data.map(m => [m.id, m.label])]);
  const cards = results.sums.map(s => {
    const name = called.get(s.key) || s.key || "none";
    return sum(el("span", {}, (s.place ? s.place + ". " : "") + s.kind + ": ", by === "moment" ? el("a", { href: "#moment=" + encodeURIComponent(s.key) }, name) : name), s);
  });
  if (results.older_left_out) cards.push(el("p", { className: "soft" }, "There are older posts, which are not counted here."));
  return () => {
    $("sums").replaceChildren(...(cards.length ? cards : [el("p", {}, "Nothing was posted in the last 90 days.")]));
    $("recordings").replaceChildren(...recordings.data.map(r => el("li", {}, el("a", { href: "#recording=" + encodeURIComponent(r.id) }, r.key || r.id), " " + r.state)));
    $("board").hidden = false; $("report").hidden = true;
  };
}

const wide = 340, high = 180, foot = 155, window12 = 720;

// line is one figure over 12 hours, as high as the largest of its own.
function line(curve, of) {
  const known = curve.filter(p => p[of] !== null), most = Math.max(1, ...known.map(p => p[of]));
  return draw("polyline", { class: of, points: known.map(p => (p.minutes / window12 * wide).toFixed(1) + "," + (foot - p[of] / most * (foot - 20)).toFixed(1)).join(" ") });
}

function curve(all) {
  if (!all.length) return el("p", { className: "soft" }, "No curve: nobody told figures.");
  const end = all[all.length - 1];
  const told = "After " + (end.minutes / 60).toLocaleString("en", { maximumFractionDigits: 1 }) + " h: " + number(end.shares) + " re-shares (solid) and " + number(end.views) + " views (dashed), each on its own scale";
  const hour = h => draw("text", { x: h / 12 * wide, y: high - 6, "text-anchor": h === 0 ? "start" : h === 12 ? "end" : "middle" }, h + " h");
  const rows = all.filter((p, i) => p.minutes % 60 === 0 || p.sampled || i === all.length - 1);
  return el("div", {}, draw("svg", { viewBox: "0 0 " + wide + " " + high, role: "img", "aria-label": told },
    draw("line", { class: "axis", x1: 0, y1: foot, x2: wide, y2: foot }), line(all, "views"), line(all, "shares"), hour(0), hour(3), hour(6), hour(9), hour(12)),
  el("p", { className: "soft" }, told + "."),
  el("details", {}, el("summary", {}, "The curve in figures"), el("table", {}, el("thead", {}, el("tr", {}, ...["hours", "re-shares", "views", ""].map(h => el("th", { scope: "col" }, h)))),
    el("tbody", {}, ...rows.map(p => el("tr", {}, ...[(p.minutes / 60).toFixed(1), number(p.shares), number(p.views), p.sampled ? "told" : "between"].map(c => el("td", {}, c))))))));
}

// post is one post: its address is a link only where it is one.
function post(p, called) {
  const where = (called.get(p.channel) || p.channel) + " (" + p.platform + ")";
  const link = /^https?:\/\//i.test(p.url || "") ? el("a", { href: p.url, rel: "noopener noreferrer" }, where) : where;
  const what = [p.aspect, p.style, p.hook ? "“" + p.hook + "” (" + p.hook_kind + ")" : "no hook", (p.length_ms / 1000).toFixed(0) + " s"].join(" · ");
  return el("div", { className: "card post" }, el("p", {}, "Posted on ", link, " " + p.posted_local.slice(0, 10) + " at " + clock(p.posted_local) + " local" + (p.removed_at ? ", removed since" : "")),
    el("p", { className: "soft" }, what), figures(p.rate), el("p", { className: "soft" }, p.rate.source ? "told by " + p.rate.source : ""), ...notes(p.rate.notes), curve(p.curve));
}

async function report(recording, moment) {
  const [r, channels] = await Promise.all([get("/v1/results/recordings/" + encodeURIComponent(recording)), get("/v1/channels?limit=100").catch(() => ({ data: [] }))]);
  const called = new Map(channels.data.map(c => [c.id, c.name])), out = [];
  for (const m of r.moments) {
    out.push(el("h2", { id: m.moment, tabIndex: -1 }, m.label || "A moment without a label"));
    if (m.core) out.push(sum("Core: the micro-share rate", m.core));
    if (m.shorts) out.push(sum("Shorts", m.shorts));
    for (const c of m.clips) {
      out.push(el("h3", {}, c.kind + " " + c.clip));
      if (c.sum) out.push(sum("All its posts", c.sum));
      out.push(...(c.posts.length ? c.posts.map(p => post(p, called)) : [el("p", { className: "soft" }, "Not posted.")]));
    }
  }
  return () => {
    $("report").replaceChildren(el("p", {}, el("a", { href: "#", id: "back" }, "Back to all results")), ...(out.length ? out : [el("p", {}, "No moment was found in it.")]));
    $("board").hidden = true; $("report").hidden = false;
    (moment && document.getElementById(moment) || $("back")).focus();
  };
}

function ask(why) {
  $("who").hidden = false; $("board").hidden = true; $("report").hidden = true;
  say(why); $("token").focus();
}

// show draws what the address names; an answer that came too late is dropped.
async function show() {
  const mine = ++asked;
  say("Counting …");
  try {
    const [what, id] = location.hash.slice(1).split("=").map(decodeURIComponent);
    const draws = what === "recording" ? await report(id)
      : what === "moment" ? await report((await get("/v1/moments/" + encodeURIComponent(id))).recording, id) : await board();
    if (mine !== asked) return;
    $("who").hidden = true; say(""); draws();
  } catch (e) {
    if (mine !== asked) return;
    if (e instanceof Refused) ask(stored("dropcut.token") ? "This token may not see results." : "");
    else say(e.message || "No network");
  }
}

function forget() { for (const s of [sessionStorage, localStorage]) s.removeItem("dropcut.token"); }
$("who").onsubmit = e => {
  e.preventDefault();
  forget();
  ($("keep").checked ? localStorage : sessionStorage).setItem("dropcut.token", $("token").value.trim());
  $("token").value = ""; show();
};
$("forget").onclick = () => { forget(); ask("Forgotten"); };
$("by").onchange = show;
addEventListener("hashchange", show);
show();
