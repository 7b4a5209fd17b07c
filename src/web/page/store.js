/* What the page knows of the plant: read once, then kept by the stream. One tab of a browser holds the stream and hands
 * it on to the others, for a browser opens only few connections to one place. */

const API = "/api/v1";
const store = {
  plant: null, machines: new Map(), sensors: new Map(), actuators: new Map(), controllers: new Map(),
  events: [], clock: {}, heard: 0, dirty: new Set(), samples: new Map(),
};
const EVENTS_KEPT = 500, SAMPLES_KEPT = 6000;

class Problem extends Error {}

async function ask(where, body) {
  const token = sessionStorage.getItem("token");
  const headers = body === undefined ? {} : { "Content-Type": "application/json" };
  if (token && body !== undefined) headers.Authorization = "Bearer " + token;
  let answer;
  try {
    answer = await fetch(API + where, { method: body === undefined ? "GET" : "POST", headers, body: body === undefined ? undefined : JSON.stringify(body) });
  } catch {
    throw new Problem(t("no connection"));
  }
  if (answer.status === 401 && (await askToken())) return ask(where, body);
  const said = await answer.json();
  if (!answer.ok) throw new Problem(said.detail);
  if (answer.status === 202) say(t("waits for the next scan"));
  return said;
}

async function load() {
  const [plant, machines, sensors, actuators, controllers, events] = await Promise.all(
    ["/plant", "/machines", "/sensors", "/actuators", "/controllers", "/events?limit=100"].map((where) => ask(where)));
  Object.assign(store, { plant, events: events.reverse() });
  for (const [key, list] of Object.entries({ machines, sensors, actuators, controllers })) store[key] = new Map(list.map((item) => [item.name, item]));
  for (const name of [...store.samples.keys()]) if (!store.sensors.has(name)) store.samples.delete(name);
}

/* ---- what comes ---- */

const takers = {
  hello: (data) => { if (store.plant && data.crc !== store.plant.crc) reload(); store.clock = data; },
  plant: () => reload(),
  clock: (data) => { store.clock = data; },
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
    store.events.length = Math.min(store.events.length, EVENTS_KEPT);
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
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
  }
}

/* The newest ten minutes of every sensor that somebody looked at, a point each 100 ms at most. */
function keepSample(name, time, value) {
  const kept = store.samples.get(name);
  if (!kept || typeof value !== "number") return;
  kept.push([time, value, value, value]);
  if (kept.length > SAMPLES_KEPT) kept.splice(0, SAMPLES_KEPT / 10);
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
  const channel = "BroadcastChannel" in window ? new BroadcastChannel("mbplant") : null;
  if (channel) channel.onmessage = (message) => take(...message.data);
  const open = () => {
    const stream = new EventSource(API + "/stream");
    for (const kind of Object.keys(takers)) {
      stream.addEventListener(kind, (message) => {
        take(kind, message.data);
        if (channel) channel.postMessage([kind, message.data]);
      });
    }
    return new Promise(() => {}); /* for as long as the tab lives */
  };
  if (navigator.locks && channel) navigator.locks.request("mbplant-stream", open);
  else open();
}

/* ---- figures of alarms ---- */

const allAlarms = () => [...store.sensors.values()].flatMap((sensor) => sensor.alarms || []);
const isHidden = (alarm) => ["shelved", "suppressed", "out of service"].includes(alarm.state);
const rank = (alarm) => PRIORITIES.indexOf(alarm.priority);
const byWeight = (a, b) => rank(a) - rank(b) || new Date(b.since) - new Date(a.since) || a.name.localeCompare(b.name);
const waiting = () => allAlarms().filter((alarm) => alarm.unacknowledged && !isHidden(alarm)).sort(byWeight);
