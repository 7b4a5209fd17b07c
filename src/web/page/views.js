/* The views. Each builds its elements once and says with live() how they follow what changes. */

let followers = [];

/* A list to choose one of, or all. */
function chooser(id, label, words, now, act) {
  return h("label", { for: id }, t(label), h("select", { id, onchange: (event) => act(event.target.value) },
    [["", t("All")], ...words].map(([value, word]) => h("option", { value, selected: String(value) === String(now) }, word))));
}

const live = (keys, update) => followers.push({ keys: [keys].flat(), update });

function valueNode(item) {
  const node = h("span", { class: "value num" });
  const update = (now) => {
    node.replaceChildren();
    if (now.forced) node.append(h("abbr", { class: "forced", title: t("forced") }, "F"));
    if (now.quality === "bad") node.append(h("abbr", { class: "bad", title: t("bad quality") }, "?"), " ");
    node.append(number(now.value, now.decimals) + unit(now.unit));
  };
  update(item);
  node.show = update;
  return node;
}

/* A sensor as a row: name, indicator, value. */
function sensorRow(sensor, wide) {
  const pointer = gauge(sensor), value = valueNode(sensor), line = wide ? spark(sensor.name) : null;
  const marks = h("span", {});
  const showMarks = (now) => marks.replaceChildren(...standing(now).slice(0, 1).map((alarm) => mark(alarm.priority, alarm.unacknowledged)));
  showMarks(sensor);
  live(sensor.name, (slow) => {
    const now = store.sensors.get(sensor.name);
    if (pointer.show) pointer.show(now);
    showMarks(now);
    if (slow) {
      value.show(now);
      if (line) line.show();
    }
  });
  return h("a", { class: "row", href: path("sensor", sensor.name), title: sensor.label },
    h("span", { class: "name" }, marks, " ", sensor.name, wide && sensor.label ? h("span", { class: "dim" }, " " + sensor.label) : null), pointer, line, value);
}

function machineState(name) {
  const node = h("div", { class: "state" });
  const update = () => {
    const machine = store.machines.get(name);
    if (!machine) return;
    const alarms = [...[...store.sensors.values()].filter((sensor) => sensor.machine === name).flatMap(standing), ...standing({ alarms: aloneOf(name) })].sort(byWeight);
    const tripped = machine.state === "en_panne" ? alarms.findIndex((alarm) => alarm.sensor === machine.first_out && !isOfBypass(alarm)) : -1; /* what stopped it says why it stands */
    if (tripped > 0) alarms.unshift(...alarms.splice(tripped, 1));
    node.replaceChildren(badge(machine.state), h("span", { class: "dim small" }, `${t("since")} ${ago(machine.since)}`));
    if (alarms.length) node.append(h("a", { class: "small", href: path("alarms") }, mark(alarms[0].priority, alarms.some((alarm) => alarm.unacknowledged)), ` ${alarms[0].sensor} ${known(alarms[0].diagnosis)}${alarms.length > 1 ? ` +${alarms.length - 1}` : ""}`));
    if (machine.maintenance_due) node.append(h("span", { class: "small" }, t("maintenance due")));
  };
  update();
  live([name, "machines", "alarms", "second"], update);
  return node;
}

function products(name) {
  const node = h("p", { class: "small dim" });
  const update = () => {
    const machine = store.machines.get(name);
    if (machine) node.textContent = machine.produces ? `${many(machine.good)} ${t("good")}, ${many(machine.reject)} ${t("rejected")}` : "–";
  };
  update();
  live(name, update);
  return node;
}

function viewPlant() {
  const all = [...store.sensors.values()];
  const many = store.machines.size > 8; /* 24 of them are to fit on one screen */
  const tile = (machine) => {
    const sensors = all.filter((sensor) => sensor.machine === machine.name);
    const rows = h("div", { class: "rows" }), made = new Map(), count = !many ? 4 : store.machines.size > 40 ? 1 : 2;
    const rest = sensors.length > count && !many ? h("a", { class: "small dim", href: path("machine", machine.name) }, `+${sensors.length - count} ${t("more")}`) : "";
    let before = "";
    const row = (sensor) => made.get(sensor.name) || made.set(sensor.name, sensorRow(sensor)).get(sensor.name);
    const update = () => { /* what stands in alarm has its row before what is well */
      const standsIn = (sensor) => (standing(store.sensors.get(sensor.name) || sensor).length ? 0 : 1);
      const first = new Set([...sensors].sort((a, b) => standsIn(a) - standsIn(b)).slice(0, count));
      const shown = sensors.filter((sensor) => first.has(sensor)), key = shown.map((sensor) => sensor.name).join();
      if (key === before) return;
      before = key;
      rows.replaceChildren(...shown.map(row), rest);
    };
    update();
    live("alarms", update);
    return h("section", { class: "tile", "aria-label": machine.name },
      h("h2", {}, h("a", { href: path("machine", machine.name) }, machine.name), h("small", {}, machine.label)),
      machineState(machine.name), many ? null : products(machine.name), rows);
  };
  const loose = all.filter((sensor) => sensor.machine === null);
  return h("div", {}, h("div", { class: many ? "tiles many" : "tiles" }, [...store.machines.values()].map(tile),
    loose.length ? h("section", { class: "tile" }, h("h2", {}, t("Sensors")), h("div", { class: "rows" }, loose.slice(0, 40).map((sensor) => sensorRow(sensor)))) : null),
    many ? null : editButtons(["Add a machine", addMachineDialog]));
}

function viewMachine(name) {
  const machine = store.machines.get(name);
  if (!machine) return h("p", {}, t("Nothing here."));
  const of = (map) => [...map.values()].filter((item) => item.machine === name);
  const refused = h("p", { class: "error", hidden: true });
  const states = Object.keys(STATES).map((state) => [state, h("button", { type: "button", class: "act", right: ["states", machine.unit_id], onclick: () => stateDialog(store.machines.get(name), state) }, t(STATE_DEEDS[state]))]);
  const buttons = h("div", { class: "buttons" }, states.map(([, button]) => button),
    h("button", { type: "button", class: "act", right: ["acknowledge", machine.unit_id], onclick: doing(() => alarmCommand(name, "ack")) }, t("Acknowledge all")));
  const update = () => {
    const now = store.machines.get(name);
    if (!now) return;
    for (const [state, button] of states) button.disabled = now.state === state;
    const told = now.refused && store.events.find((event) => event.code === "machine refused" && event.machine === name); /* its sentence is in the page's language */
    refused.hidden = !now.refused;
    refused.textContent = now.refused ? told?.text || now.refused : "";
  };
  update();
  live([name, "events"], update);
  return h("div", {},
    h("div", { class: "head" }, h("h2", {}, machine.name, " ", h("span", { class: "dim" }, machine.label)), machineState(name), products(name)),
    h("div", { class: "panel" }, h("h3", {}, t("Commands")), buttons, refused),
    h("div", { class: "cols" },
      h("section", { class: "panel wide" }, h("div", { class: "head" }, h("h3", {}, t("Sensors")), editButtons(["Add a sensor", doing(() => addSensorDialog(name))])), h("div", { class: "rows" }, of(store.sensors).map((sensor) => sensorRow(sensor, true)))),
      h("div", {}, of(store.actuators).length ? actuatorPanel(of(store.actuators)) : null, of(store.controllers).length ? controllerPanel(of(store.controllers)) : null)),
    interlockPanel(name),
    historyPanels(name),
    eventPanel((event) => event.machine === name),
    editButtons(["Change this machine", () => changeMachineDialog(store.machines.get(name))], ["Remove this machine", () => removeDialog("machine", store.machines.get(name))]));
}

function actuatorPanel(actuators) {
  return h("section", { class: "panel scroll" }, h("h3", {}, t("Actuators")), h("table", { class: "cards" },
    h("thead", {}, h("tr", {}, [t("Name"), "", t("Position"), t("Command"), ""].map((word, i) => h("th", { class: i === 2 || i === 3 ? "num" : null }, word)))),
    h("tbody", {}, actuators.map((actuator) => {
      const position = h("td", { class: "num", "data-label": t("Position") }), command = h("td", { class: "num", "data-label": t("Command") });
      const update = () => {
        const now = store.actuators.get(actuator.name);
        position.textContent = now.on_off && (now.value === 0 || now.value === 1) ? t(now.value ? "on" : "off") : number(now.value, now.decimals) + unit(now.unit);
        command.textContent = now.on_off ? t(now.on ? "on" : "off") : number(now.command, now.decimals) + unit(now.unit);
      };
      update();
      live(actuator.name, update);
      return h("tr", {}, h("td", { class: "word" }, actuator.name), h("td", { class: "dim" }, actuator.label), position, command,
        h("td", {}, h("button", { type: "button", right: ["commands", actuator.unit_id], onclick: () => actuatorDialog(store.actuators.get(actuator.name)) }, t("Command"))));
    }))));
}

function controllerPanel(controllers) {
  return h("section", { class: "panel" }, h("h3", {}, t("Controllers")), controllers.map((controller) => {
    const facts = h("dl", {});
    const update = async () => {
      const now = await ask("/controllers/" + encodeURIComponent(controller.name)).catch(() => null);
      if (!now) return;
      store.controllers.set(now.name, now);
      facts.replaceChildren(...[[t("Setpoint"), plain(now.active_setpoint) + unit(now.unit)], [t("Value"), number(now.value, store.sensors.get(now.input)?.decimals) + unit(now.unit)],
        [t("Output"), `${now.output === null ? "–" : plain(Number(now.output.toPrecision(4)))}${unit((store.actuators.get(now.moves) || now).unit)} → ${now.moves}`], [t("Mode"), now.automatic ? t("automatic") : t("manual")]].flatMap(([key, value]) => [h("dt", {}, key), h("dd", {}, value)]));
    };
    update();
    live("second", update);
    return h("div", {}, h("div", { class: "head" }, h("a", { href: path("sensor", controller.input) }, controller.name), h("span", { class: "dim" }, controller.label),
      h("button", { type: "button", right: ["commands", controller.unit_id], onclick: () => controllerDialog(store.controllers.get(controller.name)) }, t("Setpoint"))), facts);
  }));
}

function viewSensor(name) {
  const sensor = store.sensors.get(name);
  if (!sensor) return h("p", {}, t("Nothing here."));
  let asked = "";
  const trend = new Trend([name], true), big = h("p", { class: "big" }), pointer = gauge(sensor), buttons = h("div", { class: "buttons" }), facts = h("dl", {}), alarms = h("div", {});
  const update = (slow) => {
    const now = store.sensors.get(name);
    if (!now) return;
    if (pointer.show) pointer.show(now);
    if (!slow) return;
    big.textContent = `${number(now.value, now.decimals)}${unit(now.unit)}`;
    if (now.forced) big.append(h("span", { class: "small" }, `  ${t("FORCED")}`));
    if (now.quality === "bad") big.append(h("span", { class: "small" }, `  ? ${t("bad quality")}`));
    trend.draw();
    const state = `${now.forced} ${now.inject}`;
    if (buttons.dataset.state !== state) {
      buttons.dataset.state = state;
      buttons.replaceChildren(h("button", { type: "button", class: "act", right: ["force", sensor.unit_id], disabled: now.inject === "reject", onclick: () => forceDialog(store.sensors.get(name)) }, t("Force")),
        h("button", { type: "button", class: "act", right: ["force", sensor.unit_id], disabled: !now.forced, onclick: doing(() => ask(sensorPath(name, "release"), {}).then(takeSensor)) }, t("Release")),
        h("button", { type: "button", class: "act", right: ["limits", sensor.unit_id], onclick: () => limitsDialog(store.sensors.get(name)) }, t("Limits")));
    }
    const said = JSON.stringify((now.alarms || []).map((alarm) => [alarm.name, alarm.state, alarm.since, Boolean(alarm.bypassed_s)]));
    if (asked === said) return;
    asked = said;
    ask("/alarms?sensor=" + encodeURIComponent(name)).then((all) => {
      const held = alarms.contains(document.activeElement) ? document.activeElement.getAttribute("aria-label") : null;
      alarms.replaceChildren(all.length ? alarmTable(all.sort(byWeight)) : h("p", { class: "dim" }, t("It has no alarms.")));
      if (held) [...alarms.querySelectorAll("[aria-label]")].find((one) => one.getAttribute("aria-label") === held)?.focus();
    }, () => { asked = ""; });
  };
  const place = async () => {
    const point = await ask("/points/" + encodeURIComponent(name)).catch(() => null);
    const rows = [[t("Range"), `${plain(sensor.range_low)} … ${plain(sensor.range_high)}${unit(sensor.unit)}`],
      ...Object.entries(sensor.limits).filter(([, limit]) => limit !== null).map(([key, limit]) => [t(LIMIT_WORDS[key] || key), `${plain(limit)}${unit(sensor.unit)}${sensor.trips.includes(key) ? ` – ${t("it stops {machine}", { machine: sensor.machine || "" })}` : ""}`])];
    if (point) rows.push([t("Register"), `${t("Unit").toLowerCase()} ${point.unit_id}, ${t(point.table.replace("_", " "))} ${point.address} = ${point.reference}, ${point.type}${point.count > 1 ? ` ${point.order}` : ""} × ${plain(point.scale)}`],
      [t("Read it with"), h("code", {}, `mbpoll -m tcp -p ${store.plant.modbus_port} -a ${point.unit_id} -t 4 -0 -r ${point.address} -c ${point.count} -1 ${location.hostname}`)]);
    facts.replaceChildren(...rows.flatMap(([key, value]) => [h("dt", {}, key), h("dd", {}, value)]));
  };
  update(true);
  place();
  live([name, "alarms", "second"], update);
  return h("div", {},
    h("div", { class: "head" }, h("h2", {}, sensor.machine ? [h("a", { class: "crumb", href: path("machine", sensor.machine) }, sensor.machine), " / "] : null, sensor.name, " ", h("span", { class: "dim" }, sensor.label))),
    h("div", { class: "cols" },
      h("section", { class: "panel" }, big, pointer, buttons),
      h("section", { class: "panel" }, facts)),
    h("section", { class: "panel" }, h("h3", {}, t("Last ten minutes")), trend.node),
    h("section", { class: "panel" }, h("h3", {}, t("Alarms")), alarms),
    eventPanel((event) => event.sensor === name),
    editButtons(["Change this sensor", doing(() => changeSensorDialog(store.sensors.get(name)))], ["Remove this sensor", () => removeDialog("sensor", store.sensors.get(name))]));
}

/* ---- trends ---- */

function viewTrends() {
  const names = [...store.sensors.values()].filter((sensor) => typeof sensor.value === "number").map((sensor) => sensor.name);
  const asked = new URLSearchParams(location.hash.split("?")[1] || "").get("pens");
  const chosen = asked ? asked.split(",").filter((name) => store.sensors.has(name)).slice(0, 8) : names.slice(0, 3);
  const trend = new Trend(chosen), table = h("div", { class: "scroll" });
  const go = (pens) => { location.hash = "#/trends?pens=" + pens.map(encodeURIComponent).join(","); };
  const pause = h("button", { type: "button", "aria-pressed": "false", onclick: () => {
    trend.paused = trend.paused ? 0 : trend.until();
    pause.setAttribute("aria-pressed", String(Boolean(trend.paused)));
    pause.textContent = trend.paused ? t("Go on") : t("Pause");
    trend.draw();
  } }, t("Pause"));
  const rows = () => chosen.flatMap((name) => trend.points(name).map((point) => [name, ...point]));
  const csv = () => {
    const text = "sensor,time,least,most,last\r\n" + rows().map((row) => [row[0], new Date(row[1]).toISOString(), ...row.slice(2)].join(",")).join("\r\n") + "\r\n";
    const link = h("a", { href: URL.createObjectURL(new Blob([text], { type: "text/csv" })), download: "trend.csv" });
    link.click();
    URL.revokeObjectURL(link.href);
  };
  const fillTable = () => {
    const last = rows().slice(-200).reverse();
    table.replaceChildren(h("table", {}, h("thead", {}, h("tr", {}, [t("Sensors"), t("Time"), t("Value")].map((word) => h("th", {}, word)))),
      h("tbody", {}, last.map(([name, time, , , value]) => h("tr", {}, h("td", {}, name), h("td", {}, clock(time)), h("td", {}, plain(value)))))));
  };
  live([...chosen, "second"], (slow) => { if (slow) { trend.load(); trend.draw(); showScales(); } });
  const scales = chosen.map(() => h("span", { class: "dim small num" }));
  const showScales = () => chosen.forEach((name, n) => {
    const sensor = store.sensors.get(name), [low, high] = trend.scale(sensor, trend.points(name));
    scales[n].textContent = `${number(sensor.value, sensor.decimals)}${unit(sensor.unit)}` + (chosen.length > 1 ? ` [${plain(Number(low.toPrecision(3)))} … ${plain(Number(high.toPrecision(3)))}]` : "");
  });
  const pens = chosen.map((name, n) => h("label", {}, h("input", { type: "checkbox", checked: true, onchange: () => go(chosen.filter((other) => other !== name)) }),
    s("svg", { viewBox: "0 0 30 10", "aria-hidden": "true" }, s("line", { x1: 0, x2: 30, y1: 5, y2: 5, "stroke-dasharray": DASHES[n].join(" "), opacity: GRAYS[n] })), name, h("span", { class: "dim" }, store.sensors.get(name).label), scales[n]));
  const more = h("select", { "aria-label": t("Pens"), onchange: (event) => go([...chosen, event.target.value]) }, h("option", { value: "" }, `+ ${t("Pens")}`), names.filter((name) => !chosen.includes(name)).map((name) => h("option", { value: name }, name)));
  const zoom = h("label", {}, h("input", { type: "checkbox", id: "zoom", onchange: (event) => { trend.zoomed = event.target.checked; trend.draw(); showScales(); } }), ` ${t("Scale to the values")}`);
  const minutes = h("select", { onchange: (event) => { trend.minutes = Number(event.target.value); trend.load(); trend.draw(); } },
    [1, 2, 5, 10, 60, 240, 480, 1440].map((m) => h("option", { value: m, selected: m === 10 }, m < 60 ? `${m} min` : `${m / 60} h`)));
  return h("div", {}, h("div", { class: "head" }, h("h2", {}, t("Trends")), pause, h("label", {}, `${t("Period")} `, minutes), zoom, h("button", { type: "button", onclick: csv }, "CSV")),
    h("section", { class: "panel" }, trend.node, h("div", { class: "legend" }, pens, chosen.length < 8 ? more : null)),
    h("details", { class: "panel", ontoggle: fillTable }, h("summary", {}, t("Table of the data")), table));
}

/* ---- journal ---- */

function eventRows(events) {
  return events.map((event) => h("tr", {}, h("td", { class: "num" }, event.seq), h("td", { class: "time" }, day(event.time_ms)), h("td", { class: ["span", longClass(event.text)].filter(Boolean).join(" ") }, event.text, event.comment ? h("em", { class: "comment" }, ` # ${event.comment}`) : ""), h("td", { class: "span keep" }, peerOf(event))));
}

function eventPanel(wanted) {
  const body = h("tbody", {});
  const update = () => body.replaceChildren(...eventRows(store.events.filter(wanted).slice(0, 12)));
  update();
  live("events", update);
  return h("section", { class: "panel scroll" }, h("h3", {}, t("Events")), h("table", { class: "stack" }, h("tbody", {}), body));
}

const JOURNAL_PART = 500;
function viewJournal() {
  const search = h("input", { type: "search", id: "search", autocomplete: "off" }), body = h("tbody", {}), told = h("p", { class: "dim small", role: "status" });
  let machine = "", older = [];
  const all = () => [...store.events, ...older];
  const update = () => {
    const words = search.value.toLowerCase(), events = all();
    const found = events.filter((event) => (!machine || event.machine === machine) && (!words || (event.text + event.code + event.peer + event.comment).toLowerCase().includes(words)));
    body.replaceChildren(...eventRows(found.slice(0, 1000)));
    told.textContent = t("{shown} of the newest {all} events.", { shown: many(Math.min(found.length, 1000)), all: many(events.length) });
    more.hidden = !events.length || events.at(-1).seq <= 1;
  };
  const more = h("button", { type: "button", class: "act", onclick: doing(async () => {
    const got = await ask(`/events?until=${all().at(-1).seq - 1}&limit=${JOURNAL_PART}&lang=${lang}`);
    older = [...older, ...got.reverse()];
    update();
    if (!got.length) more.hidden = true;
  }) }, t("Look through older ones, too"));
  search.addEventListener("input", update);
  update();
  live("events", update);
  return h("div", {}, h("div", { class: "head" }, h("h2", {}, t("Journal")), h("button", { type: "button", right: ["logbook"], onclick: () => noteDialog(null) }, t("Write a note"))), h("div", { class: "filters" }, h("label", { for: "search" }, t("Search"), search),
    chooser("journal-machine", "Machine", [...store.machines.keys()].map((name) => [name, name]), machine, (value) => { machine = value; update(); }),
    ["csv", "jsonl"].map((format) => h("a", { class: "act", href: `${API}/events?since=1&limit=1000000&format=${format}&lang=${lang}`, download: `journal.${format}` }, format.toUpperCase()))),
    h("section", { class: "panel scroll" }, h("table", { class: "stack" }, h("thead", {}, h("tr", {}, h("th", { class: "num" }, "#"), h("th", {}, t("Time")), h("th", {}, t("What")), h("th", {}, t("Who")))), body), told, more));
}

/* ---- registers ---- */

const registers = { unit: null, table: "holding_registers", at: 0, chosen: null, names: new Map() };

function fourOrders(words) {
  const bytes = (order) => {
    const [a, b] = words, swap = (word) => ((word & 255) << 8) | (word >> 8);
    return { ABCD: [a, b], CDAB: [b, a], BADC: [swap(a), swap(b)], DCBA: [swap(b), swap(a)] }[order];
  };
  return ["ABCD", "CDAB", "BADC", "DCBA"].map((order) => {
    const view = new DataView(new ArrayBuffer(4)), [high, low] = bytes(order);
    view.setUint16(0, high);
    view.setUint16(2, low);
    return [order, view.getInt32(0), view.getFloat32(0)];
  });
}

/* A request for one item and its response, byte by byte: [hex, what it says]. Source: Modbus Messaging on TCP/IP V1.0b, 3.1.3; Application Protocol V1.1b3, 6.1 to 6.4. */
function framesOf(unit, table, address, word) {
  const bits = table === "coils" || table === "discrete_inputs", code = { coils: 1, discrete_inputs: 2, holding_registers: 3, input_registers: 4 }[table];
  const hex = (number, bytes) => number.toString(16).toUpperCase().padStart(2 * bytes, "0").replace(/..(?=.)/g, "$& ");
  const head = (length) => [["00 01", t("transaction id: the response carries the same")], ["00 00", t("protocol id: Modbus")], [hex(length, 2), `${t("length: so many bytes follow")}: ${length}`], [hex(unit, 1), `${t("unit id")} ${unit}`]];
  const bytes = bits ? 1 : 2;
  return [[...head(6), [hex(code, 1), `${t("function")} ${code}`], [hex(address, 2), `${t("first address")} ${address}`], ["00 01", `${t("quantity")} 1`]],
    [...head(3 + bytes), [hex(code, 1), `${t("function")} ${code}`], [hex(bytes, 1), `${t("byte count")} ${bytes}`], [hex(word, bytes), `${t("Value")} ${word}`]]];
}

/* What a write of the traffic reaches: [first address, count]; null: it is none. */
function reachOf(exchange, table) {
  const bytes = (exchange.request_bytes.match(/../g) || []).map((byte) => parseInt(byte, 16)), at = (i) => (bytes[i] << 8) | bytes[i + 1];
  const code = bytes[7], coils = code === 5 || code === 15;
  if (exchange.exception || coils !== (table === "coils")) return null;
  return { 5: [at(8), 1], 6: [at(8), 1], 15: [at(8), at(10)], 16: [at(8), at(10)], 22: [at(8), 1], 23: [at(12), at(14)] }[code] || null;
}

/* Who wrote there last: a master seen in the traffic, or who the journal names for the point; null: nobody that is known. */
async function lastWriter(unit, table, address, point) {
  const base = point ? point.name.split(".")[0] : null;
  const event = base && store.events.find((one) => one.peer && (one.sensor === base || (!one.sensor && one.machine === base)));
  const seen = table === "coils" || table === "holding_registers" ? await ask(`/traffic?unit=${unit}&limit=1000`).catch(() => []) : [];
  const write = seen.findLast((one) => { const reach = reachOf(one, table); return reach && address >= reach[0] && address < reach[0] + reach[1]; });
  if (write && (!event || write.time_ms > event.time_ms)) return `${write.client}:${write.port}, ${day(write.time_ms)}: ${write.request}`;
  return event ? `${peerOf(event)}, ${day(event.time_ms)}${COLON}${event.text}` : null;
}

function viewRegisters() {
  const COUNT = 100, grid = h("div", { class: "grid" }), detail = h("section", { class: "panel", "aria-live": "polite" }, h("p", { class: "dim" }, t("Register")));
  registers.unit ??= store.plant.units[0].id;
  let cells = [], values = [];
  const isBits = () => registers.table === "coils" || registers.table === "discrete_inputs";
  const nameAt = (address) => registers.names.get(`${registers.unit} ${registers.table} ${address}`) || null;
  const tell = (i) => {
    registers.chosen = i;
    detail.scrollIntoView({ block: "nearest" });
    const address = registers.at + i, word = values[i], point = nameAt(address);
    const writable = registers.table === "coils" || registers.table === "holding_registers";
    const reference = { coils: 0, discrete_inputs: 1, input_registers: 3, holding_registers: 4 }[registers.table] + String(address + 1).padStart(address > 9998 ? 5 : 4, "0");
    const rows = [[t("Address"), `${address} (PDU), ${address + 1}, ${reference}`], [t("Name"), point ? `${point.name} – ${point.what}` : "–"]];
    if (word !== null) rows.push([t("Raw"), isBits() ? String(word) : `${word}  0x${word.toString(16).toUpperCase().padStart(4, "0")}  ${word.toString(2).padStart(16, "0")}  int16 ${(word << 16) >> 16}`]);
    if (!isBits() && word !== null && values[i + 1] !== null && values[i + 1] !== undefined)
      for (const [order, whole, float] of fourOrders([word, values[i + 1]])) rows.push([order, `int32 ${whole}, float32 ${plain(float)}`]);
    const input = h("input", { type: "number", min: 0, max: isBits() ? 1 : 65535, value: word ?? 0, id: "word" });
    const writer = h("dd", {}, "…"), unit = registers.unit, table = registers.table;
    lastWriter(unit, table, address, point).then((who) => { writer.textContent = who || t("nobody that is known"); });
    const frames = word === null ? [] : framesOf(unit, table, address, word);
    detail.replaceChildren(h("dl", {}, rows.flatMap(([key, value]) => [h("dt", {}, key), h("dd", {}, value)]), h("dt", {}, t("Last writer")), writer),
      h("div", { class: "cols" }, frames.map((frame, i) => h("div", { class: "scroll" }, h("h3", {}, t(i ? "Response" : "Request")),
        h("table", { class: "frame" }, h("tbody", {}, frame.map(([bytes, what]) => h("tr", {}, h("td", {}, h("code", {}, bytes)), h("td", {}, what)))))))),
      h("p", {}, h("code", {}, `mbpoll -m tcp -p ${store.plant.modbus_port} -a ${registers.unit} -t ${{ coils: 0, discrete_inputs: 1, input_registers: 3, holding_registers: 4 }[registers.table]} -0 -r ${address} -c 1 ${location.hostname}`)),
      writable && word !== null ? h("div", { class: "filters" }, h("label", { for: "word" }, t("Value"), input),
        h("button", { type: "button", right: ["", registers.unit], onclick: doing(async () => { await ask("/registers", { unit: registers.unit, table: registers.table, at: address, values: [Number(input.value)] }); await read(); tell(i); }) }, t("Write"))) : "");
  };
  const build = () => {
    grid.replaceChildren();
    cells = [];
    values = [];
    for (let row = 0; row < COUNT; row += 10) {
      grid.append(h("span", { class: "dim" }, String(registers.at + row)));
      for (let i = row; i < row + 10; i++) {
        const cell = h("button", { type: "button", "aria-label": String(registers.at + i), onclick: () => tell(i) });
        cells.push(cell);
        grid.append(cell);
      }
    }
  };
  const read = async () => {
    const got = await ask(`/registers?unit=${registers.unit}&table=${registers.table}&at=${registers.at}&count=${Math.min(COUNT, 65536 - registers.at)}`).catch(() => null);
    if (!got || !grid.isConnected) return;
    got.values.forEach((word, i) => {
      const cell = cells[i], point = nameAt(registers.at + i);
      cell.classList.toggle("fresh", values.length > 0 && values[i] !== undefined && values[i] !== word);
      cell.classList.toggle("none", word === null);
      if (values[i] !== word || !cell.firstChild) {
        cell.replaceChildren(h("small", {}, point ? point.name : "\u00a0"), " ", word === null ? "·" : String(word));
        cell.setAttribute("aria-label", `${point ? point.name + " " : ""}${word === null ? "·" : word} (${t("Address").toLowerCase()} ${registers.at + i})`);
      }
    });
    values = got.values;
  };
  const again = () => { build(); read(); };
  const loadNames = async () => {
    if (registers.names.size) return;
    for (const point of await ask("/map").catch(() => []))
      for (let i = 0; i < Math.min(point.count, 4); i++) registers.names.set(`${point.unit_id} ${point.table} ${point.address + i}`, point);
    values = [];
    read();
  };
  const at = h("input", { type: "number", id: "at", min: 0, max: 65535, step: 10, value: registers.at, onchange: (event) => { registers.at = Math.max(0, Math.min(65535, Math.floor(Number(event.target.value) / 10) * 10)); again(); } });
  const choose = (key, words) => h("select", { id: "choose-" + key, onchange: (event) => { registers[key] = key === "unit" ? Number(event.target.value) : event.target.value; again(); } }, words.map(([value, label]) => h("option", { value, selected: value === registers[key] }, label)));
  build();
  setTimeout(() => { read(); loadNames(); });
  live("second", read);
  return h("div", {}, h("div", { class: "head" }, h("h2", {}, t("Registers"))),
    h("div", { class: "filters" }, h("label", { for: "choose-unit" }, t("Unit"), choose("unit", store.plant.units.map((one) => [one.id, `${one.id} ${one.name}`]))),
      h("label", { for: "choose-table" }, t("Table"), choose("table", ["coils", "discrete_inputs", "input_registers", "holding_registers"].map((name) => [name, t(name.replace("_", " "))]))),
      h("label", { for: "at" }, t("From address"), at)),
    h("section", { class: "panel scroll", tabindex: 0, "aria-label": t("Registers") }, grid), detail);
}

/* ---- traffic ---- */

const traffic = { client: "", unit: "", function: "", exception: "" };

function viewTraffic() {
  const body = h("tbody", {}), none = h("p", { class: "dim" }, t("No traffic yet: it is kept from now on, while this is open."));
  const link = h("a", { download: "traffic.pcapng" }, "pcapng"), clients = h("select", { id: "traffic-client" }), seen = new Set(), opened = new Set();
  let paused = false, shown = "";
  const query = () => new URLSearchParams(Object.entries(traffic).filter(([, value]) => value !== ""));
  const fillClients = () => clients.replaceChildren(h("option", { value: "" }, t("All")), ...[...seen].sort().map((address) => h("option", { value: address, selected: address === traffic.client }, address)));
  const update = async () => {
    if (paused) return;
    link.href = `${API}/traffic?format=pcapng&${query()}`;
    const got = await ask(`/traffic?limit=200&${query()}`).catch(() => null);
    if (!got || !body.isConnected) return;
    const before = seen.size;
    for (const one of got) seen.add(one.client);
    if (seen.size !== before) fillClients();
    const key = JSON.stringify([query().toString(), got.map((one) => one.number), lang]);
    if (key === shown) return; /* what somebody reads stays as it is */
    shown = key;
    none.hidden = got.length > 0;
    body.replaceChildren(...got.reverse().map((one) => h("tr", { class: one.exception ? "waits" : null },
      h("td", { class: "time" }, clock(one.time_ms)), h("td", {}, `${one.client}:${one.port}`), h("td", { class: "num" }, one.unit ?? ""),
      h("td", { class: "span" }, h("details", { open: opened.has(one.number), ontoggle: (event) => { opened[event.target.open ? "add" : "delete"](one.number); } }, h("summary", {}, one.request), h("code", {}, `> ${one.request_bytes}`), h("br"), h("code", {}, `< ${one.response_bytes || "–"}`))),
      h("td", { class: "span" }, one.response))));
  };
  const filter = (key) => (event) => { traffic[key] = event.target.value; update(); };
  const pause = h("button", { type: "button", "aria-pressed": "false", onclick: () => {
    paused = !paused;
    pause.setAttribute("aria-pressed", String(paused));
    pause.textContent = t(paused ? "Go on" : "Pause");
  } }, t("Pause"));
  clients.addEventListener("change", filter("client"));
  if (traffic.client) seen.add(traffic.client);
  fillClients();
  const choose = (key, label, words) => chooser("traffic-" + key, label, words, traffic[key], (value) => filter(key)({ target: { value } }));
  setTimeout(update);
  live("second", (slow) => slow && update());
  return h("div", {}, h("div", { class: "head" }, h("h2", {}, t("Traffic")), pause, link),
    h("div", { class: "filters" }, h("label", { for: "traffic-client" }, t("Client"), clients),
      choose("unit", "Unit", [...store.plant.units.map((one) => [one.id, `${one.id} ${one.name}`])]),
      choose("function", "Function", [1, 2, 3, 4, 5, 6, 15, 16, 20, 21, 22, 23, 43].map((code) => [code, String(code)])),
      choose("exception", "Answers", [[0, t("exceptions alone")]])),
    h("section", { class: "panel scroll", tabindex: 0, "aria-label": t("Traffic") }, none, h("table", { class: "stack" }, h("thead", {}, h("tr", {}, h("th", {}, t("Time")), h("th", {}, t("Client")), h("th", { class: "num" }, t("Unit")), h("th", {}, t("Request")), h("th", {}, t("Answer")))), body)));
}
