/* Which view is shown, what stands on every one, and the beat that brings it up to date. */

const VIEWS = { "": viewPlant, alarms: viewAlarms, trends: viewTrends, journal: viewJournal, registers: viewRegisters, traffic: viewTraffic, broker: viewBroker, machine: viewMachine, sensor: viewSensor, report: viewReport, history: viewHistory, incident: viewIncident, alarm: viewAlarm, help: viewHelp, exercise: viewExercise, connect: viewConnect, simulation: viewSimulation, file: viewPlantFile };
const NAV = [["", "Plant"], ["alarms", "Alarms"], ["trends", "Trends"], ["journal", "Journal"], ["history", "Incidents and work"], ["report", "Report"], ["registers", "Registers"], ["traffic", "Traffic"], ["broker", "Broker", "broker"], ["connect", "Connect"], ["simulation", "Simulation", true], ["file", "Plant file", true], ["exercise", "Exercise", "scenario"], ["help", "Help"]]; // true: where there is an instructor; a word: where the plant tells of one
const OLD_MS = 3000, opened = Date.now();
let beats = 0, soundOn = false, audio = null, silenced = 0; // silenced: the newest alarm's time when it was

function show(moved) {
  if (!store.plant) return;
  const [view, ...names] = location.hash.split("?")[0].replace(/^#\/?/, "").split("/").map(decodeURIComponent);
  const make = VIEWS[view] || viewPlant, held = document.activeElement?.getAttribute?.("aria-label");
  followers = [];
  $("main").replaceChildren(make(...names));
  if (held && !moved) [...document.querySelectorAll("main [aria-label]")].find((node) => node.getAttribute("aria-label") === held)?.focus();
  const title = names[0] || t(NAV.find(([key]) => key === view)?.[1] || "Plant");
  document.title = `${title} – ${store.plant.name}`;
  frame();
}

/* What stands on every view. */
function frame() {
  const view = location.hash.split("?")[0].replace(/^#\/?/, "").split("/")[0];
  document.documentElement.lang = lang;
  $("plant").textContent = store.plant ? store.plant.name : "mbplant";
  $("skip").textContent = t("Skip to content");
  $("lang").textContent = lang === "fr" ? "English" : "Français";
  $("lang").lang = lang === "fr" ? "en" : "fr";
  $("theme").textContent = t("Theme");
  $("who").textContent = whoSays();
  $("who").title = t("Who you are, and what you may do");
  $("sound").textContent = t(soundOn ? "Sound on" : "Sound off");
  $("sound").setAttribute("aria-pressed", String(soundOn));
  $("nav").replaceChildren(...NAV.filter(([, , needs]) => !needs || store.plant?.[needs === true ? "instructor" : needs]).map(([key, word]) => h("a", { href: "#/" + key, "aria-current": key === view ? "page" : null }, t(word))));
  $("nav").querySelector("[aria-current]")?.scrollIntoView?.({ block: "nearest", inline: "nearest" });
  alarmLine();
}

let lastLine = "", flood = false;
const worst = (list) => list.reduce((found, alarm) => (!found || byWeight(alarm, found) < 0 ? alarm : found), null);
function alarmLine() {
  const all = allAlarms().filter((alarm) => !isHidden(alarm)), list = all.filter((alarm) => alarm.unacknowledged);
  const first = worst(list) || worst(all), bypassed = bypasses().length;
  const counts = PRIORITIES.map((priority) => [priority, all.filter((alarm) => alarm.priority === priority).length]).filter(([, count]) => count);
  const key = JSON.stringify([lang, sounding(), flooded(), list.length, bypassed, counts, first && [first.name, first.since, first.unacknowledged]]);
  if (key === lastLine) return;
  lastLine = key;
  $("alarmline").replaceChildren(first
    ? h("a", { class: "grow", href: path("alarms") }, mark(first.priority, first.unacknowledged), h("span", { class: "word" }, ` ${first.name} ${known(first.diagnosis)}`), ` ${first.machine || ""} ${clock(first.raised || first.since)}`)
    : h("span", { class: "grow dim" }, t("No alarms")),
    ...counts.map(([priority, count]) => h("a", { href: path("alarms"), title: t(priority) }, mark(priority), ` ${many(count)}`)),
    ...(list.length ? [h("span", {}, counted(list.length, "unacknowledged"))] : []),
    ...(bypassed ? [h("a", { href: path("alarms"), class: "word" }, counted(bypassed, "bypassed interlocks"))] : []),
    ...(sounding() ? [h("button", { type: "button", class: "act", onclick: () => { silenced = newest(); lastLine = ""; alarmLine(); } }, t("Silence"))] : []),
    ...(flood ? [h("span", { class: "word" }, t("flood"))] : []));
}

/* More than ten alarms in ten minutes, until fewer than five. */
function flooded() {
  const since = (store.clock.time_ms || Date.now()) - 600000;
  const raised = store.events.filter((event) => event.code === "alarm raised" && event.time_ms > since).length;
  flood = flood ? raised >= 5 : raised > 10;
  return flood;
}

function freshness() {
  const old = Date.now() - store.heard > OLD_MS, clockNow = store.clock;
  document.body.classList.toggle("old", old);
  const text = old ? t(store.heard ? "old" : "connecting") : t("live");
  if ($("link").textContent !== text) $("link").textContent = text;
  const lost = store.heard ? t("No connection to the plant since {time}: what is shown is old. It is tried again.", { time: clock(store.heard) }) : t("The plant does not answer. It is tried again.");
  const said = old && Date.now() - opened >= OLD_MS ? lost : "";
  $("lost").hidden = !said;
  if ($("lost").textContent !== said) $("lost").textContent = said;
  const odd = clockNow.paused || (clockNow.speed && clockNow.speed !== 1);
  $("sim").hidden = !odd;
  if (odd) $("sim").textContent = clockNow.paused ? t("paused") : `×${plain(clockNow.speed || 1)}  ${clockNow.time_ms ? day(clockNow.time_ms) : ""}`;
}

/* What changes is shown within a beat. What changes all the time is not: a bar moves four times a second, a number once,
 * for nobody reads faster. */
const BEAT_MS = 100, SECOND = 10, BAR_MS = 240, NUMBER_MS = 950;
function beat() {
  const second = ++beats % SECOND === 0, now = performance.now();
  if (!document.hidden) {
    const dirty = store.dirty;
    for (const follower of followers) {
      const { keys, moved = -Infinity, read = -Infinity } = follower;
      if (keys.some((key) => dirty.has(key))) follower.waits = follower.late = true;
      const due = now - read >= NUMBER_MS, changed = (follower.waits && now - moved >= BAR_MS) || (follower.late && due);
      if (!changed && !(second && keys.includes("second"))) continue;
      follower.update(due);
      if (!changed) continue;
      follower.waits = false;
      follower.moved = now;
      if (due) {
        follower.late = false;
        follower.read = now;
      }
    }
    store.dirty = new Set();
    if (dirty.has("alarms") || second) alarmLine();
  }
  freshness();
  if (beats % (2 * SECOND) === 0) beep();
}

/* Off until somebody switches it on: a browser lets no page sound before. Repeats until all are acknowledged, or it is
 * silenced until another comes. */
const newest = () => waiting().reduce((last, alarm) => Math.max(last, new Date(alarm.since).getTime() || 0), 0);
const sounding = () => soundOn && newest() > silenced;
function beep() {
  if (!sounding()) return;
  audio ||= new AudioContext();
  const tone = audio.createOscillator(), volume = audio.createGain();
  volume.gain.value = 0.08;
  tone.frequency.value = rank(worst(waiting())) === 0 ? 880 : 587;
  tone.connect(volume).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + 0.25);
}

function themeNext() {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches, now = document.documentElement.dataset.theme || (dark ? "dark" : "light");
  document.documentElement.dataset.theme = { light: "dark", dark: "contrast", contrast: "light" }[now] || "light";
  localStorage.setItem("theme", document.documentElement.dataset.theme);
  show();
}

async function begin() {
  const theme = localStorage.getItem("theme");
  if (theme) document.documentElement.dataset.theme = theme;
  frame();
  $("lang").addEventListener("click", () => { lang = lang === "fr" ? "en" : "fr"; localStorage.setItem("lang", lang); location.reload(); }); // what the plant says comes in the other language, too
  $("who").addEventListener("click", whoDialog);
  $("theme").addEventListener("click", themeNext);
  $("sound").addEventListener("click", () => { soundOn = !soundOn; silenced = 0; frame(); });
  $("skip").addEventListener("click", (event) => { event.preventDefault(); $("main").focus(); });
  addEventListener("hashchange", () => { show(true); $("main").focus({ preventScroll: true }); scrollTo(0, 0); });
  for (;;) {
    try {
      await load();
      performance.mark("loaded"); // for who measures it
      break;
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      freshness();
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
  listen();
  show();
  performance.mark("shown");
  setInterval(beat, BEAT_MS);
}

begin();
