"use strict";
const $ = id => document.getElementById(id);
const undoFor = 10000, again = 5000, usual = ["drop", "reveal", "funny", "question"];

// What was pressed and is not done with, oldest first. It is kept: a press
// without network is sent later, with its own time.
const read = (key, otherwise) => { try { return JSON.parse(localStorage.getItem(key)) ?? otherwise; } catch { return otherwise; } };
let presses = read("dropcut.presses", []), own = read("dropcut.labels", []), label = "", last = null, sending = false, timer = 0;
const keep = () => localStorage.setItem("dropcut.presses", JSON.stringify(presses));
const stored = key => sessionStorage.getItem(key) ?? localStorage.getItem(key) ?? "";
const say = text => { $("status").textContent = text; };
const key = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), b => b.toString(16).padStart(2, "0")).join("");

function call(method, path, body, more) {
  const headers = { ...more };
  if (stored("dropcut.token")) headers.Authorization = "Bearer " + stored("dropcut.token");
  if (body) headers["Content-Type"] = "application/json";
  return fetch(path, { method, headers, body: body && JSON.stringify(body), signal: AbortSignal.timeout(15000) });
}

function ask(why) {
  $("who").hidden = false; $("marking").hidden = true; $("creator").value = stored("dropcut.creator");
  if (why) say(why);
  $("token").focus();
}

function ready() { $("who").hidden = true; $("marking").hidden = false; $("mark").focus(); }

// send makes one step with a press: false where it must be tried later.
async function send(p) {
  const gone = p.undo && p.id;
  const query = stored("dropcut.creator") ? "?creator=" + encodeURIComponent(stored("dropcut.creator")) : "";
  const r = gone ? await call("DELETE", "/v1/marks/" + p.id)
    : await call("POST", "/v1/marks" + query, { at: p.at, label: p.label || undefined, source: "phone" }, { "Idempotency-Key": p.key });
  if (r.status === 401 || r.status === 403) { ask("This token may not mark. Nothing is lost: enter another."); return false; }
  if (r.status === 408 || r.status === 429 || r.status >= 500) return false;
  if (gone) { p.done = true; return true; }
  if (r.ok) { p.id = (await r.json()).id; p.done = !p.undo; return true; }
  const problem = await r.json().catch(() => ({}));
  if (problem.code === "no_creator") { ask("Say whose show it is."); return false; }
  p.done = true;
  say("Not marked: " + (problem.detail || r.status));
  return true;
}

async function flush() {
  if (sending) return;
  sending = true;
  try {
    for (;;) {
      const p = presses.find(p => !p.done && !(p.undo && !p.tried));
      if (!p) break;
      p.tried = true; keep(); // it may have arrived although no answer came
      if (!await send(p)) break;
    }
  } catch { /* no network: later */ }
  sending = false;
  presses = presses.filter(p => !p.done && !(p.undo && !p.tried));
  keep(); show();
}

function show() {
  const n = presses.filter(p => !p.undo).length;
  $("waiting").textContent = n ? n + (n === 1 ? " mark waits" : " marks wait") + " for the network" : "";
}

function press() {
  const now = new Date();
  last = { key: key(), at: now.toISOString(), label };
  presses.push(last); keep();
  if (navigator.vibrate) navigator.vibrate(30);
  say("Marked" + (label ? " “" + label + "”" : "") + " at " + now.toLocaleTimeString([], { hour12: false }));
  $("undo").hidden = false;
  clearTimeout(timer);
  timer = setTimeout(() => { $("undo").hidden = true; last = null; }, undoFor);
  flush();
}

function undo() {
  if (!last) return;
  last.undo = true; last.done = false;
  if (!presses.includes(last)) presses.push(last);
  last = null; keep(); clearTimeout(timer);
  $("undo").hidden = true; say("Taken back"); $("mark").focus();
  flush();
}

function choose(text) { label = label === text ? "" : text; chips(); }

function chips() {
  $("label").textContent = label;
  $("chips").replaceChildren(...[...usual, ...own].slice(0, 9).map(text => {
    const b = document.createElement("button");
    b.type = "button"; b.textContent = text; b.setAttribute("aria-pressed", String(text === label));
    b.onclick = () => { choose(text); };
    return b;
  }));
}

$("mark").onclick = press;
$("undo").onclick = undo;
$("own").onsubmit = e => {
  e.preventDefault();
  const text = $("name").value.trim();
  if (!text) return;
  if (!usual.includes(text) && !own.includes(text)) own = [text, ...own].slice(0, 5);
  localStorage.setItem("dropcut.labels", JSON.stringify(own));
  $("name").value = ""; label = text; chips(); $("mark").focus();
};
$("who").onsubmit = e => {
  e.preventDefault();
  for (const s of [sessionStorage, localStorage]) s.removeItem("dropcut.token"), s.removeItem("dropcut.creator");
  const s = $("keep").checked ? localStorage : sessionStorage;
  s.setItem("dropcut.token", $("token").value.trim()); s.setItem("dropcut.creator", $("creator").value.trim());
  $("token").value = ""; say(""); start();
};
$("forget").onclick = () => {
  for (const s of [sessionStorage, localStorage]) s.removeItem("dropcut.token"), s.removeItem("dropcut.creator");
  ask("Forgotten");
};
document.addEventListener("keydown", e => {
  if (e.target.tagName === "INPUT" || e.ctrlKey || e.metaKey || e.altKey || e.repeat || $("marking").hidden) return;
  const chip = $("chips").children[e.key - 1];
  if (e.key === " " && e.target.tagName !== "BUTTON") { e.preventDefault(); press(); }
  else if (e.key.toLowerCase() === "u") undo();
  else if (chip) chip.click();
});
addEventListener("online", flush);
setInterval(() => { if (presses.length) flush(); }, again);

// start asks for a token only where one is needed; without network it trusts the one it has.
async function start() {
  try {
    const r = await call("GET", "/v1/marks?limit=1");
    if (r.status === 401 || r.status === 403) return ask(stored("dropcut.token") ? "This token may not mark." : "");
  } catch { if (!stored("dropcut.token")) say("No network"); }
  ready(); flush();
}
chips(); show(); start();
