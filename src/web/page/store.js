/* What the page knows of the plant: read once, then kept by the stream. One tab of a browser holds the stream and hands
 * it on to the others, for a browser opens only few connections to one place. */

const API = "/api/v1";
const store = {
  plant: null, who: null, /* who sits here, and what he may do */ machines: new Map(), sensors: new Map(), actuators: new Map(), controllers: new Map(),
  alone: new Map(), /* alarms of no sensor and of bypasses, by the name of what they watch */
  events: [], hiding: [], /* events by which something is hidden, where they are older than those */ clock: {}, heard: 0, dirty: new Set(), samples: new Map(),
};
const BACK_MS = 2000, EVENTS_KEPT = 500, SAMPLES_KEPT = 6000;

/* Events by which something is hidden or held off, [begun, ended], by the state that they make; a machine's maintenance hides too. */
const HIDING = { shelved: ["alarm shelved", "alarm unshelved"], suppressed: ["alarm suppressed", "alarm unsuppressed"], "out of service": ["alarm out of service", "alarm in service"], bypassed: ["interlock bypassed", "interlock restored"] };
const ABOUT_HIDING = new Set([...Object.values(HIDING).flat(), "machine state"]);

class Problem extends Error {}

async function ask(where, body, tries = 0) {
  const token = sessionStorage.getItem("token"), who = whoIs();
  if (body !== undefined && who && !body.as) body = { ...body, as: who };
  const headers = { "Accept-Language": lang, ...(body === undefined ? {} : { "Content-Type": "application/json" }) };
  if (token) headers.Authorization = "Bearer " + token;
  let answer;
  try {
    answer = await fetch(API + where, { method: body === undefined ? "GET" : "POST", headers, body: body === undefined ? undefined : JSON.stringify(body) });
  } catch {
    throw new Problem(t("No connection to the plant: nothing was done. It is tried again."));
  }
  if (answer.status === 401 && tries < 5 && (await askToken(Boolean(token)))) return ask(where, body, tries + 1);
  if (answer.status === 413) throw new Problem(t("This text is too long."));
  const said = await answer.json().catch(() => ({ detail: `HTTP ${answer.status}` }));
  if (answer.status === 401) throw new Problem(t("Nothing was done: commands need a token."));
  if (!answer.ok) throw new Problem(said.detail);
  if (answer.status === 202) say(t("waits for the next scan"));
  return said;
}

/* By the token of this tab, else by the name that somebody said. */
async function readWho() {
  const name = localStorage.getItem("who"), as = name ? `&as=${encodeURIComponent(name)}` : "";
  let who = sessionStorage.getItem("token") ? await ask(`/who?lang=${lang}`) : null;
  if (!who?.proven) who = await ask(`/who?lang=${lang}${as}`);
  store.who = who;
}

async function load() {
  const knowing = readWho();
  const [plant, machines, sensors, actuators, controllers, alarms, hiding, events] = await Promise.all(
    ["/plant", "/machines", "/sensors", "/actuators", "/controllers", "/alarms", `/hiding?lang=${lang}`, `/events?limit=500&lang=${lang}`].map((where) => ask(where)));
  await knowing;
  Object.assign(store, { plant, events: events.reverse(), hiding: hiding.reverse().filter((event) => event.seq < (events.at(-1)?.seq ?? Infinity)) });
  for (const [key, list] of Object.entries({ machines, sensors, actuators, controllers })) store[key] = new Map(list.map((item) => [item.name, item]));
  store.alone = new Map();
  for (const alarm of alarms) if (!store.sensors.has(alarm.sensor)) store.alone.set(alarm.sensor, [...(store.alone.get(alarm.sensor) || []), alarm]);
  for (const name of [...store.samples.keys()]) if (!store.sensors.has(name)) store.samples.delete(name);
}

/* ---- what comes ---- */

const takers = {
  hello: (data) => { // another plant, or a journal that begins again
    if (store.plant && (data.crc !== store.plant.crc || data.last_event < (store.events[0]?.seq ?? 0))) reload();
    store.clock = data;
  },
  plant: () => reload(),
  clock: (data) => {
    store.clock = data;
    for (const name of store.samples.keys()) keepStanding(name, data.time_ms);
  },
  values: (data) => {
    for (const [name, now] of Object.entries(data.values)) {
      const item = store.sensors.get(name) || store.actuators.get(name);
      if (!item) continue;
      Object.assign(item, now);
      keepSample(name, data.time_ms, now.value);
      store.dirty.add(name);
    }
  },
  alarms: (data) => {
    for (const [name, alarms] of Object.entries(data.alarms)) {
      const sensor = store.sensors.get(name);
      if (sensor) sensor.alarms = alarms;
      else store.alone.set(name, alarms);
      store.dirty.add(name).add("alarms");
    }
  },
  machines: (data) => {
    for (const [name, now] of Object.entries(data.machines)) {
      store.machines.set(name, now);
      store.dirty.add(name).add("machines");
    }
  },
  event: (data) => {
    if (store.events.length && data.seq <= store.events[0].seq) return;
    store.events.unshift(data);
    const gone = store.events.splice(EVENTS_KEPT).filter((event) => ABOUT_HIDING.has(event.code));
    if (gone.length) store.hiding = [...gone, ...store.hiding].slice(0, EVENTS_KEPT);
    store.dirty.add("events");
    if (data.code === "limit changed" && data.sensor) refreshSensor(data.sensor);
  },
  gap: () => reload(),
};

function take(kind, text) {
  store.heard = Date.now();
  takers[kind](JSON.parse(text));
  store.dirty.add("clock");
}

async function refreshSensor(name) {
  Object.assign(store.sensors.get(name) || {}, await ask("/sensors/" + encodeURIComponent(name)));
  show();
}

async function reload() {
  try {
    await load();
    show();
    dialogAbout?.();
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
  }
}

const STEP_MS = 100, SILENCE_MS = 15000; /* after a longer one nobody knows what was between */
/* The newest ten minutes of every sensor that somebody looked at, a point each 100 ms at most. The stream tells changes
 * alone: until one comes the value before stands. */
function keepSample(name, time, value) {
  const kept = store.samples.get(name);
  if (!kept || typeof value !== "number") return;
  const last = kept.at(-1), stood = last ? time - last[0] : 0;
  if (stood > 2 * STEP_MS && stood < SILENCE_MS && value !== last[3]) kept.push([time - STEP_MS, last[3], last[3], last[3]]);
  kept.push([Math.max(time, last?.[0] ?? 0), value, value, value]);
  if (kept.length > SAMPLES_KEPT) kept.splice(0, SAMPLES_KEPT / 10);
}

/* While the stream lives, what it does not tell of stands. */
function keepStanding(name, time) {
  const last = store.samples.get(name).at(-1);
  if (last && time - last[0] < SILENCE_MS) keepSample(name, time, store.sensors.get(name)?.value);
}

async function samplesOf(name) {
  if (store.samples.has(name)) return store.samples.get(name);
  const kept = [];
  store.samples.set(name, kept);
  try {
    const trend = await ask(`/sensors/${encodeURIComponent(name)}/trend`);
    kept.unshift(...trend.samples.filter((one) => typeof one.last === "number" && (!kept.length || one.time_ms < kept[0][0])).map((one) => [one.time_ms, one.least, one.most, one.last]));
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
  }
  return kept;
}

function listen() {
  const channel = "BroadcastChannel" in window ? new BroadcastChannel("mbplant-" + lang) : null;
  if (channel) channel.onmessage = (message) => take(...message.data);
  const open = () => {
    const stream = new EventSource(`${API}/stream?lang=${lang}`);
    stream.onerror = () => { /* an answer that is no stream ends it for good: again in a moment */
      if (stream.readyState === EventSource.CLOSED) setTimeout(open, BACK_MS);
    };
    for (const kind of Object.keys(takers)) {
      stream.addEventListener(kind, (message) => {
        take(kind, message.data);
        if (channel) channel.postMessage([kind, message.data]);
      });
    }
    return new Promise(() => {}); /* for as long as the tab lives */
  };
  if (navigator.locks && channel) navigator.locks.request("mbplant-stream-" + lang, open);
  else open();
}

/* ---- figures of alarms ---- */

/* The lists have those too that are normal and whose interlock is bypassed. */
const alarmsOf = (sensor) => (sensor.alarms || []).filter((alarm) => alarm.state !== "normal");
const standing = (sensor) => alarmsOf(sensor).filter((alarm) => !isHidden(alarm)).sort(byWeight);
const allAlarms = () => [...[...store.sensors.values()].flatMap(alarmsOf), ...[...store.alone.values()].flatMap((alarms) => alarmsOf({ alarms }))];
const aloneOf = (machine) => [...store.alone.values()].flat().filter((alarm) => alarm.machine === machine);
/* The bypass of an interlock is an alarm that ends with it alone. What trips by a sensor is in the lists too; of an interlock of
 * the machine's own this alarm is all that they have: one entry each. */
const ofBypass = (name) => name.replace(/\.bypassed$/, "");
const isBypassName = (name) => name.endsWith(".bypassed");
const isOfBypass = (alarm) => Boolean(alarm.bypassed_s) && isBypassName(alarm.name);
function bypasses() {
  const held = [...[...store.sensors.values()].flatMap((sensor) => sensor.alarms || []), ...[...store.alone.values()].flat()].filter((alarm) => alarm.bypassed_s);
  const own = new Set(held.filter((alarm) => !isOfBypass(alarm)).map((alarm) => alarm.name));
  return held.filter((alarm) => !isOfBypass(alarm) || !own.has(ofBypass(alarm.name)));
}
const HIDDEN = new Set(["shelved", "suppressed", "out of service"]);
const isHidden = (alarm) => HIDDEN.has(alarm.state);
/* Worst first, then the newest; times are RFC 3339, whose order is that of their letters. Thousands are sorted so. */
const RANKS = new Map(PRIORITIES.map((priority, i) => [priority, i]));
const rank = (alarm) => RANKS.get(alarm.priority);
const order = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
const byWeight = (a, b) => rank(a) - rank(b) || order(b.raised || b.since || "", a.raised || a.since || "") || order(a.name, b.name);
const waiting = () => allAlarms().filter((alarm) => alarm.unacknowledged && !isHidden(alarm));
