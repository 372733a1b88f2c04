"use strict";
// Draws openapi.json: every operation with what it takes and what it answers.

const element = (name, text, attributes = {}) => {
  const e = document.createElement(name);
  if (text) e.textContent = text;
  for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v);
  return e;
};

// prose is text with code between backticks.
const prose = (text) => {
  const p = element("p");
  text.split("`").forEach((part, i) => p.append(i % 2 ? element("code", part) : part));
  return p;
};

let document_;

const resolve = (schema) => {
  while (schema && schema.$ref) schema = document_.components.schemas[schema.$ref.split("/").pop()];
  return schema || {};
};

const kind = (schema) => {
  const s = resolve(schema);
  const type = [].concat(s.type || []).filter((t) => t !== "null").join(" or ");
  if (type === "array") return `list of ${kind(s.items)}`;
  if (s.enum) return s.enum.join(" | ");
  return s.format ? `${type} (${s.format})` : type || "anything";
};

// rows lists the fields of a schema, with those of what lies in it.
const rows = (schema, path, out, depth) => {
  let s = resolve(schema);
  if (s.type === "array" || [].concat(s.type || []).includes("array")) s = resolve(s.items);
  for (const [name, field] of Object.entries(s.properties || {})) {
    const inner = resolve(field);
    out.push([path + name, kind(field), (s.required || []).includes(name) ? "required" : "", inner.description || field.description || ""]);
    if (depth > 0) rows(field, path + name + ".", out, depth - 1);
  }
  return out;
};

const table = (all) => {
  const t = element("table");
  for (const row of all) {
    const tr = t.appendChild(element("tr"));
    tr.append(element("td"), element("td", row[1], { class: "soft" }), element("td", row[2], { class: "soft" }), element("td", row[3]));
    tr.firstChild.append(element("code", row[0]));
  }
  return t;
};

const body = (content) => Object.entries(content || {}).map(([type, media]) => {
  const div = element("div");
  const all = rows(media.schema, "", [], 3);
  div.append(element("p", type, { class: "soft" }), all.length ? table(all) : element("p", kind(media.schema)));
  return div;
});

const operation = (method, path, o) => {
  const d = element("details", "", { id: o.operationId });
  const s = d.appendChild(element("summary"));
  s.append(element("span", method.toUpperCase(), { class: "method" }), element("code", path), document.createTextNode("  " + (o.summary || "")));
  const inside = d.appendChild(element("div"));
  if (o.description) inside.append(prose(o.description));
  if (o.parameters) {
    inside.append(element("h3", "Parameters"), table(o.parameters.map((p) => [p.name, `${p.in}: ${kind(p.schema)}`, p.required ? "required" : "", p.description || ""])));
  }
  if (o.requestBody) inside.append(element("h3", "Body"), ...body(o.requestBody.content));
  for (const [status, answer] of Object.entries(o.responses || {})) {
    inside.append(element("h3", `${status} ${answer.description || ""}`));
    if (status < 400) inside.append(...body(answer.content));
  }
  return d;
};

fetch("openapi.json").then((r) => r.json()).then((doc) => {
  document_ = doc;
  document.getElementById("about").replaceWith(prose(doc.info.description));
  const resources = {};
  for (const [path, methods] of Object.entries(doc.paths)) {
    for (const [method, o] of Object.entries(methods)) {
      if (o && o.operationId) (resources[o.tags[0]] ||= []).push(operation(method, path, o));
    }
  }
  for (const { name, description } of doc.tags) {
    document.getElementById("resources").append(element("a", name, { href: "#r-" + name }));
    document.getElementById("operations").append(element("h2", name, { id: "r-" + name }), prose(description), ...resources[name]);
  }
}).catch((e) => { document.getElementById("operations").textContent = "openapi.json could not be read: " + e; });
