"use strict";
/* Elements, words and numbers. Texts of the plant become text nodes and attributes, never markup. */

const SVG = "http://www.w3.org/2000/svg";

function fill(node, attributes, children) {
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key === "right") lock(node, value);
    else if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value === true) node.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(key, value);
  }
  for (const child of children.flat()) if (child !== null && child !== undefined && child !== false) node.append(child);
  return node;
}
const h = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
const s = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);
const $ = (id) => document.getElementById(id);
const path = (...parts) => "#/" + parts.map(encodeURIComponent).join("/");

/* ---- words ---- */

let lang = localStorage.getItem("lang") || (navigator.language.startsWith("fr") ? "fr" : "en");
/* A text of the page in the reader's language; {name} in it is what `holes` has of that name. Texts that lack French are
 * kept, for the test that looks for them. */
const untranslated = new Set();
const fillHoles = (text, holes) => text.replace(/\{(\w+)\}/g, (hole, key) => holes[key] ?? hole);
function t(word, holes) {
  if (lang === "fr" && !(word in FRENCH) && /\p{L}{2}/u.test(word)) untranslated.add(word);
  const text = (lang === "fr" && FRENCH[word]) || word;
  return holes ? fillHoles(text, holes) : text;
}
/* A word that the plant says: its own texts stay as they are. */
const BYPASSED = "interlock bypassed"; /* behind it, after a colon, what the interlock says */
const bypassed = (word) => (word && word.startsWith(`${BYPASSED}: `) ? FRENCH[BYPASSED] + COLON + word.slice(BYPASSED.length + 2) : word);
const known = (word) => (lang === "fr" ? FRENCH[word] || bypassed(word) : word);
const tOne = (word) => (lang === "fr" && FRENCH_ONE[word]) || t(word);
const COLON = lang === "fr" ? "\u00a0: " : ": ";
const ONE = { "bypassed interlocks": "bypassed interlock" }; /* of English, where one is another word */
const counted = (count, word) => `${many(count)} ${count > 1 ? t(word) : lang === "fr" ? tOne(word) : ONE[word] || word}`;

const STATES = { en_service: "in service", en_panne: "failed", maintenance: "maintenance" };
const STATE_DEEDS = { en_service: "Put into service", en_panne: "Declare failed", maintenance: "Put into maintenance" };
const LIMIT_WORDS = { high_high: "High high limit", high: "High limit", low: "Low limit", low_low: "Low low limit" };
const PRIORITIES = ["critical", "high", "medium", "low"];

/* Who did it: a name at an address, or of the actors that need no name what they are. */
const peerWords = (peer) => (lang === "fr" ? peer.replace(/ at (?=\S+$)/, " à ") : peer);
const peerOf = (event) => (event.actor >= 65533 ? t(event.peer) : peerWords(event.peer));

/* A word such as an address is broken where it must be; other texts break between their words alone. */
const longClass = (text) => (/\S{24}/.test(text) ? "long" : null);

/* ---- numbers and times ---- */

/* A number as the language writes it; not for fields, which take a point. */
const local = (text) => (lang === "fr" ? text.replace(/^(-?\d+)(\.(\d+))?/, (_, whole, rest, part) => whole.replace(/\B(?=(\d{3})+$)/g, "\u00a0") + (rest ? "," + part : "")) : text);
const digits = (value, decimals) => value.toFixed(decimals === undefined ? Math.max(0, 3 - Math.ceil(Math.log10(Math.abs(value) + 1))) : decimals);
function number(value, decimals) {
  if (value === null || value === undefined) return "–";
  if (typeof value === "boolean") return t(value ? "on" : "off");
  if (typeof value === "string") return value;
  return local(digits(value, decimals));
}
const plain = (value) => (value === null || value === undefined ? "–" : local(String(Number(value.toPrecision(7)))));
const many = (value) => (lang === "fr" ? local(String(value)) : Number(value).toLocaleString("en"));
const unit = (text) => (text ? "\u00a0" + text : "");
const isToday = (time) => new Date(time).toDateString() === new Date().toDateString();
const LOCALES = { en: "sv-SE", fr: "fr-FR" }; /* of English 2026-11-28, which no reader takes for another day */
const clock = (time) => new Date(time).toLocaleTimeString(LOCALES[lang], { hour12: false });
const day = (time) => (isToday(time) ? clock(time) : `${new Date(time).toLocaleDateString(LOCALES[lang])} ${clock(time)}`);

const ago = (time) => stretch(Math.max(0, (Date.now() - new Date(time)) / 1000));
/* A length of time in its two largest units. */
function stretch(length) {
  const seconds = Math.round(length);
  const two = (large, word, small, other) => `${large}\u00a0${word}${small ? ` ${small}\u00a0${other}` : ""}`;
  if (seconds < 60) return `${seconds}\u00a0s`;
  if (seconds < 3600) return two(Math.floor(seconds / 60), "min", seconds < 600 ? seconds % 60 : 0, "s");
  if (seconds < 86400) return two(Math.floor(seconds / 3600), "h", Math.floor((seconds % 3600) / 60), "min");
  return two(Math.floor(seconds / 86400), lang === "fr" ? "j" : "d", Math.floor((seconds % 86400) / 3600), "h");
}

/* ---- symbols: a shape and a number as well as a colour ---- */

function mark(priority, waits, calm) {
  const shapes = {
    critical: ["rect", { x: 1, y: 1, width: 14, height: 14 }], high: ["path", { d: "M8 0 16 15H0z" }],
    medium: ["path", { d: "M8 0 16 8 8 16 0 8z" }], low: ["circle", { cx: 8, cy: 8, r: 7.5 }],
  };
  const rank = PRIORITIES.indexOf(priority);
  return s("svg", { class: "mark " + priority + (waits ? " waits" : "") + (calm ? " calm" : ""), viewBox: "0 0 16 16", role: "img", "aria-label": t(priority) },
    s(...shapes[priority]), s("text", { x: 8, y: priority === "high" ? 13.5 : 11.6 }, String(rank + 1)));
}

function badge(state) {
  const shapes = { en_service: "M2 1 11 6 2 11z", en_panne: "M2 2 10 10M10 2 2 10", maintenance: "M6 1a5 5 0 1 0 .01 0z" };
  return h("span", { class: "badge " + state, title: state },
    s("svg", { viewBox: "0 0 12 12", "aria-hidden": "true" },
      s("path", { d: shapes[state], "stroke-width": state === "en_panne" ? 2.5 : 1, fill: state === "maintenance" ? "none" : null })),
    h("span", { class: "word" }, t(STATES[state])));
}

/* A moving analogue indicator: range, normal band, limits (a trip is thicker), setpoint below, pointer above. */
function gauge(sensor) {
  const low = sensor.range_low, high = sensor.range_high;
  if (typeof sensor.value !== "number" || low === null || high === null || high <= low) return h("span", { class: "dim small" }, sensor.label);
  const x = (value) => Math.max(0, Math.min(100, (100 * (value - low)) / (high - low)));
  const limits = sensor.limits || {};
  const inner = [limits.low ?? limits.low_low ?? low, limits.high ?? limits.high_high ?? high];
  const svg = s("svg", { class: "gauge", viewBox: "0 0 100 24", preserveAspectRatio: "none", "aria-hidden": "true" },
    s("rect", { class: "range", x: 0, y: 9, width: 100, height: 8 }),
    s("rect", { class: "band", x: x(inner[0]), y: 9, width: Math.max(0, x(inner[1]) - x(inner[0])), height: 8 }),
    Object.entries(limits).filter(([, value]) => value !== null).map(([name, value]) =>
      s("line", { class: "limit" + (sensor.trips.includes(name) ? " trip" : ""), x1: x(value), x2: x(value), y1: 7, y2: 19, "vector-effect": "non-scaling-stroke" })));
  for (const [, controller] of store.controllers)
    if (controller.input === sensor.name && typeof controller.active_setpoint === "number")
      svg.append(s("path", { class: "setpoint", d: `M${x(controller.active_setpoint)} 24l-2 -6h4z` }));
  const pointer = s("path", { class: "pointer", d: "M-2 0H2L0 10z" });
  svg.append(pointer);
  svg.show = (now) => {
    pointer.setAttribute("transform", `translate(${x(now.value).toFixed(2)} 0)`);
    const worst = PRIORITIES.find((priority) => (now.alarms || []).some((alarm) => alarm.priority === priority && alarm.active && !isOfBypass(alarm)));
    pointer.setAttribute("class", "pointer " + (worst || ""));
  };
  svg.show(sensor);
  return svg;
}
