/* Into other programs: each one's file of this plant, and the steps to get it there. */

function viewConnect() {
  const list = h("div", {}), error = h("p", { class: "error", role: "alert", hidden: true });
  const host = h("input", { id: "connect-host", size: 24, spellcheck: "false" }), port = h("input", { id: "connect-port", size: 6, inputmode: "numeric" });
  let targets = [];
  const place = () => `${host.value.includes(":") ? `[${host.value}]` : host.value}:${port.value}`;
  const query = (target) => `${API}/export/${target.name}?host=${encodeURIComponent(host.value)}&port=${encodeURIComponent(port.value)}`;
  const section = (target) => {
    const told = h("p", { class: "dim", role: "status", hidden: true });
    const tell = doing(async () => {
      const answer = await fetch(query(target) + "&left_out=true", { headers: { "Accept-Language": lang } });
      if (!answer.ok) throw new Problem((await answer.json()).detail);
      const lines = (await answer.text()).trim();
      told.replaceChildren(h("pre", { tabindex: 0 }, lines || t("Nothing is left out.")));
      told.hidden = false;
    });
    return h("section", { class: "panel", "aria-label": target.name }, h("h3", {}, t(target.what)),
      h("ol", {}, target.steps.split("\n").map((step) => h("li", {}, t(step).replace("{address}", place())))),
      h("div", { class: "buttons" }, h("a", { class: "act", href: query(target), download: target.file, "aria-label": `${t("download")} ${target.file}` }, target.file),
        h("button", { type: "button", onclick: tell, "aria-label": `${t("What is left out")}${COLON}${target.name}` }, t("What is left out"))), told);
  };
  const show = () => list.replaceChildren(...targets.map(section));
  const read = reading(error, async () => {
    targets = await ask("/export");
    host.value = targets[0].host ?? location.hostname.replace(/^\[|\]$/g, "");
    port.value = targets[0].port;
    show();
  });
  host.addEventListener("change", show);
  port.addEventListener("change", show);
  read();
  return h("div", {}, h("div", { class: "head" }, h("h2", {}, t("Connect"))),
    h("section", { class: "panel" }, h("p", {}, t("Each file has all values, limits, alarms, states and commands of this plant, and this address:")),
      h("div", { class: "buttons" }, h("label", { for: "connect-host" }, `${t("Host")} `, host), h("label", { for: "connect-port" }, `${t("Port")} `, port))),
    error, list);
}
