/* The broker that the plant is published at: the link, what waits, what is missing, and what came from there. */

const LINK_WORDS = { connected: "connected", away: "no connection", none: "none" };

function viewBroker() {
  const state = h("p", { class: "linkstate", role: "status" }), hole = h("p", { class: "panel note", hidden: true }), facts = h("dl", {}), counts = h("dl", {});
  const error = h("p", { class: "error", role: "alert", hidden: true });
  const list = (node, rows) => node.replaceChildren(...rows.flatMap(([key, value]) => [h("dt", {}, t(key)), h("dd", { class: "num" }, value)]));
  const fill = (now) => {
    const since = now.mqtt_since_ms ? ` ${t("since")} ${day(now.mqtt_since_ms)}` : "", away = now.mqtt !== "connected";
    const said = `${t(LINK_WORDS[now.mqtt])}${since}${now.mqtt_why ? `${COLON}${now.mqtt_why}` : ""}`;
    if (state.textContent !== said) state.replaceChildren(h("span", { class: away ? "word waits" : "word" }, said));
    list(facts, [["Address", store.plant.broker], ["Format", store.plant.broker_format], ["Name", store.plant.broker_node], ["Points that are published", many(now.mqtt_points)],
      ["Messages sent", many(now.mqtt_sent)], ["Connections since the start", many(now.mqtt_connects)]]);
    list(counts, [["Values that wait", many(now.mqtt_waiting)], ["Values that found no room", many(now.mqtt_lost)], ["Missed between two others", many(now.mqtt_missed)],
      ["Commands", many(now.mqtt_commands)], ["Refused", many(now.mqtt_refused)]]);
    hole.hidden = !now.mqtt_hole_from_ms;
    if (now.mqtt_hole_from_ms) hole.textContent = `${t("Minute means alone:")} ${day(now.mqtt_hole_from_ms)} … ${day(now.mqtt_hole_to_ms)}`;
  };
  const read = reading(error, async () => {
    fill(await ask("/status"));
  });
  read();
  live("second", (slow) => { if (slow) read(); });
  return h("div", {}, h("div", { class: "head" }, h("h2", {}, t("Broker"))), error, h("section", { class: "panel" }, state, facts), hole,
    h("section", { class: "panel" }, h("h3", {}, t("What waits, and what is missing")), counts, h("p", {}, t("What was commanded from there, and what was refused, stands in the"), " ", h("a", { href: path("journal") }, t("Journal")), ".")));
}
