/* A trend on a canvas: pens with least and most as a band, limits as thin lines, now at the right edge. A canvas says
 * nothing to who cannot see it: its label has the latest values, and a table of the same data is beside it. */

const DASHES = [[], [7, 4], [2, 3], [10, 3, 2, 3], [4, 4], [12, 5], [1, 4], [8, 3, 1, 3, 1, 3]];
const GRAYS = [1, 0.62, 0.85, 0.7, 1, 0.62, 0.85, 0.7];

class Trend {
  constructor(names, short) {
    this.names = names;
    this.minutes = 10;
    this.paused = 0;
    this.zoomed = Boolean(short); /* beside one value there is no room for what it does not do */
    this.cursor = null;
    this.past = new Map(); /* of each pen what the plant keeps of a longer period; its grain */
    this.loaded = 0;
    this.canvas = h("canvas", { role: "img", class: short ? "short" : null, tabindex: 0 });
    this.readout = h("p", { class: "small num", "aria-live": "off" }, "\u00a0");
    this.node = h("div", {}, this.canvas, this.readout);
    this.canvas.addEventListener("pointermove", (event) => this.point(event.offsetX / this.canvas.clientWidth));
    this.canvas.addEventListener("pointerleave", () => this.point(null));
    this.canvas.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -0.01, ArrowRight: 0.01 }[event.key];
      if (step) this.point(Math.max(0, Math.min(1, (this.cursor ?? 1) + step)));
    });
    for (const name of names) samplesOf(name).then(() => this.draw());
  }

  /* The pen's points: the page's own of the newest minutes, and before them what the plant keeps. */
  points(name) {
    const own = store.samples.get(name) || [], past = this.minutes > 10 ? this.past.get(name) || [] : [];
    const since = own.length ? own[0][0] : Infinity;
    return past.length ? past.filter((point) => point[0] < since).concat(own) : own;
  }

  /* Asks again when a part of the canvas is older than what was asked last. */
  async load() {
    const span = this.minutes * 60000, to = this.until(), parts = Math.max(60, Math.min(1000, this.canvas.clientWidth || 600));
    if (this.minutes <= 10 || (this.loadedSpan === span && Math.abs(to - this.loaded) < Math.max(10000, span / parts))) return;
    [this.loaded, this.loadedSpan] = [to, span];
    await Promise.all(this.names.map(async (name) => {
      try {
        const trend = await ask(`/sensors/${encodeURIComponent(name)}/trend?from=${to - span}&to=${to}&points=${parts}`);
        this.grain = trend.grain_ms;
        this.past.set(name, trend.samples.filter((one) => typeof one.last === "number").map((one) => [one.time_ms, one.least, one.most, one.last]));
      } catch (problem) {
        if (!(problem instanceof Problem)) throw problem;
      }
    }));
    this.draw();
  }

  point(at) {
    this.cursor = at;
    this.draw();
  }

  until() {
    const last = Math.max(0, ...this.names.map((name) => (store.samples.get(name) || []).at(-1)?.[0] || 0));
    return this.paused || Math.max(last, store.clock.time_ms || 0) || Date.now();
  }

  /* Each pen's own 0..100 %: its instrument's range, so that a slope means the same every day. When asked for, and where
   * no range is known, what is seen and the limits. */
  scale(sensor, points) {
    if (!this.zoomed && typeof sensor.range_low === "number" && sensor.range_high > sensor.range_low) return [sensor.range_low, sensor.range_high];
    let low = Infinity, high = -Infinity;
    for (const point of points) {
      low = Math.min(low, point[1]);
      high = Math.max(high, point[2]);
    }
    for (const limit of Object.values(sensor.limits || {})) {
      if (limit === null) continue;
      low = Math.min(low, limit);
      high = Math.max(high, limit);
    }
    if (!(low < Infinity)) [low, high] = [sensor.range_low ?? 0, sensor.range_high ?? 1];
    const room = (high - low || Math.abs(high) || 1) * 0.08;
    return [low - room, high + room];
  }

  draw() {
    const canvas = this.canvas, ratio = window.devicePixelRatio || 1;
    const width = canvas.clientWidth, height = canvas.clientHeight;
    if (!width || !canvas.isConnected) return;
    if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
    if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
    const pen = canvas.getContext("2d");
    const style = getComputedStyle(document.documentElement);
    const colour = { pen: style.getPropertyValue("--pen"), line: style.getPropertyValue("--line"), soft: style.getPropertyValue("--soft"), dim: style.getPropertyValue("--dim") };
    const to = this.until(), from = to - this.minutes * 60000;
    const left = 58, bottom = 22, top = 8, plot = { width: width - left - 10, height: height - top - bottom };
    const x = (time) => left + (plot.width * (time - from)) / (to - from);
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    pen.font = "14px system-ui, sans-serif";
    this.axisOfTime(pen, colour, x, from, to, { left, top, plot, height });
    if (this.names.length > 1) this.axisOfShare(pen, colour, { left, top, plot });
    const said = [];
    this.names.forEach((name, n) => {
      const sensor = store.sensors.get(name);
      if (!sensor) return;
      const points = this.points(name).filter((point) => point[0] >= from && point[0] <= to);
      const [low, high] = this.scale(sensor, points);
      const y = (value) => top + plot.height * (1 - (value - low) / (high - low));
      if (this.names.length === 1) this.axisOfValue(pen, colour, y, low, high, sensor, { left, plot, width });
      else this.limitLines(pen, colour, y, low, high, sensor, { left, plot, n });
      pen.save();
      pen.beginPath();
      pen.rect(left, top, plot.width, plot.height);
      pen.clip();
      this.drawPen(pen, colour, points, x, y, n);
      pen.restore();
      said.push(`${name} ${number(sensor.value, sensor.decimals)}${unit(sensor.unit)}`);
    });
    canvas.setAttribute("aria-label", said.join(", "));
    this.drawCursor(pen, colour, x, from, to, { left, top, plot });
  }

  axisOfTime(pen, colour, x, from, to, box) {
    const step = [1, 2, 5, 10, 30, 60, 120, 240].find((minutes) => (to - from) / 60000 / minutes <= (box.plot.width > 500 ? 12 : 6)) * 60000;
    pen.fillStyle = colour.dim;
    pen.strokeStyle = colour.soft;
    pen.lineWidth = 1;
    pen.textAlign = "center";
    for (let time = Math.ceil(from / step) * step; time <= to; time += step) {
      pen.beginPath();
      pen.moveTo(x(time), box.top);
      pen.lineTo(x(time), box.top + box.plot.height);
      pen.stroke();
      if (x(time) < box.left + box.plot.width - 12) pen.fillText(new Date(time).toTimeString().slice(0, 5), x(time), box.height - 6);
    }
    pen.strokeStyle = colour.line;
    pen.strokeRect(box.left, box.top, box.plot.width, box.plot.height);
    for (const event of store.events) {
      if (event.code !== "alarm raised" || !this.names.includes(event.sensor) || event.time_ms < from || event.time_ms > to) continue;
      pen.fillStyle = colour.pen;
      pen.beginPath();
      pen.moveTo(x(event.time_ms) - 5, box.top + box.plot.height + 1);
      pen.lineTo(x(event.time_ms) + 5, box.top + box.plot.height + 1);
      pen.lineTo(x(event.time_ms), box.top + box.plot.height - 8);
      pen.fill();
    }
  }

  axisOfShare(pen, colour, box) {
    pen.fillStyle = colour.dim;
    pen.textAlign = "right";
    for (const share of [0, 25, 50, 75, 100]) pen.fillText(share + " %", box.left - 6, box.top + box.plot.height * (1 - share / 100) + (share === 100 ? 12 : 4));
  }

  axisOfValue(pen, colour, y, low, high, sensor, box) {
    pen.fillStyle = colour.dim;
    pen.textAlign = "right";
    for (let i = 0; i <= 4; i++) {
      const value = low + ((high - low) * i) / 4;
      pen.fillText(number(value, Math.min(sensor.decimals, 3)), box.left - 6, y(value) + 4);
    }
    pen.lineWidth = 1;
    for (const [name, limit] of Object.entries(sensor.limits || {})) {
      if (limit === null) continue;
      pen.strokeStyle = colour.line;
      pen.setLineDash([6, 4]);
      pen.beginPath();
      pen.moveTo(box.left, y(limit));
      pen.lineTo(box.left + box.plot.width, y(limit));
      pen.stroke();
      pen.setLineDash([]);
      pen.fillStyle = colour.dim;
      pen.textAlign = "left";
      pen.fillText(`${t(LIMIT_WORDS[name])} ${plain(limit)}`, box.left + 6, y(limit) - 4);
    }
  }

  /* Of several pens' limits a short line each at the right edge, in the pen's dash: where the pen ends. */
  limitLines(pen, colour, y, low, high, sensor, box) {
    pen.lineWidth = 1;
    pen.strokeStyle = colour.line;
    pen.setLineDash(DASHES[box.n % DASHES.length]);
    for (const limit of Object.values(sensor.limits || {})) {
      if (limit === null || limit < low || limit > high) continue;
      pen.beginPath();
      pen.moveTo(box.left + box.plot.width - 60, y(limit));
      pen.lineTo(box.left + box.plot.width, y(limit));
      pen.stroke();
    }
    pen.setLineDash([]);
  }

  /* At most as many steps as pixels: what falls into one is its least and most, a band around the line. */
  drawPen(pen, colour, points, x, y, n) {
    const gap = Math.max(SILENCE_MS, 2.5 * (this.minutes > 10 ? this.grain || 0 : 0));
    const parts = [];
    let before = -Infinity;
    for (const [time, low, high, last] of points) {
      const column = Math.round(x(time));
      if (time - before > gap) parts.push([]); /* nobody looked meanwhile: no line says what was between */
      const part = parts.at(-1), at = part.at(-1);
      if (at && at.column === column) Object.assign(at, { low: Math.min(at.low, low), high: Math.max(at.high, high), last });
      else part.push({ column, low, high, last });
      before = time;
    }
    pen.strokeStyle = pen.fillStyle = colour.pen;
    pen.lineWidth = 1.8;
    for (const part of parts) {
      if (part.length === 1) part.push({ ...part[0], column: part[0].column + 1 }); /* one point alone is seen too */
      pen.globalAlpha = 0.25 * GRAYS[n % GRAYS.length];
      pen.beginPath();
      for (const at of part) pen.lineTo(at.column, y(at.high));
      for (const at of part.toReversed()) pen.lineTo(at.column, y(at.low));
      pen.fill();
      pen.globalAlpha = GRAYS[n % GRAYS.length];
      pen.setLineDash(DASHES[n % DASHES.length]);
      pen.beginPath();
      for (const at of part) pen.lineTo(at.column, y(at.last));
      pen.stroke();
      pen.setLineDash([]);
    }
    pen.globalAlpha = 1;
  }

  drawCursor(pen, colour, x, from, to, box) {
    if (this.cursor === null) {
      this.readout.textContent = "\u00a0";
      return;
    }
    const at = Math.max(box.left, Math.min(box.left + box.plot.width, this.cursor * this.canvas.clientWidth));
    const time = from + ((to - from) * (at - box.left)) / box.plot.width;
    pen.strokeStyle = colour.pen;
    pen.beginPath();
    pen.moveTo(at, box.top);
    pen.lineTo(at, box.top + box.plot.height);
    pen.stroke();
    const values = this.names.map((name) => {
      const sensor = store.sensors.get(name), points = this.points(name);
      const point = points.findLast((one) => one[0] <= time);
      return sensor ? `${name} ${point ? number(point[3], sensor.decimals) + unit(sensor.unit) : "–"}` : "";
    });
    this.readout.textContent = `${clock(time)}   ${values.join("   ")}`;
  }
}

/* The last minute of a sensor beside its value. */
function spark(name) {
  const svg = s("svg", { class: "spark", viewBox: "0 0 90 24", preserveAspectRatio: "none", "aria-hidden": "true" });
  const line = s("polyline", { fill: "none", stroke: "currentColor", "stroke-width": 1.2, "vector-effect": "non-scaling-stroke" });
  svg.append(line);
  svg.show = () => {
    const points = store.samples.get(name) || [], to = points.at(-1)?.[0] || 0;
    const seen = points.filter((point) => point[0] > to - 600000);
    if (seen.length < 2) return;
    const width = Math.max(30000, to - seen[0][0]);
    let low = Infinity, high = -Infinity;
    for (const point of seen) [low, high] = [Math.min(low, point[3]), Math.max(high, point[3])];
    const span = high - low || 1, every = Math.max(1, Math.floor(seen.length / 90));
    line.setAttribute("points", seen.filter((_, i) => i % every === 0).map((point) => `${(90 * (1 - (to - point[0]) / width)).toFixed(1)},${(22 - (20 * (point[3] - low)) / span).toFixed(1)}`).join(" "));
  };
  samplesOf(name).then(svg.show);
  return svg;
}
