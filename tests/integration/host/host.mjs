// A Sparkplug host of others: npm's mqtt and sparkplug-payload. host.mjs PORT GROUP NODE. Prints a line of JSON a message; what is written to
// it, a line of JSON each {"topic", "payload"}, it publishes encoded.
import { createInterface } from "node:readline";
import mqtt from "mqtt";
import sparkplug from "sparkplug-payload";

const [port, group, node] = process.argv.slice(2), payloads = sparkplug.get("spBv1.0");
const plain = (key, value) => (typeof value === "bigint" || value?.constructor?.name === "Long" ? Number(value) : value);
const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, { protocolVersion: 4 });
client.on("connect", () => client.subscribe([`spBv1.0/${group}/+/${node}`, `spBv1.0/${group}/+/${node}/+`], { qos: 1 }, () => console.log(JSON.stringify({ ready: true }))));
client.on("message", (topic, payload, packet) => {
  try {
    console.log(JSON.stringify({ topic, qos: packet.qos, retain: packet.retain, payload: payloads.decodePayload(payload) }, plain));
  } catch (error) {
    console.log(JSON.stringify({ topic, error: String(error) }));
  }
});
createInterface({ input: process.stdin }).on("line", (line) => {
  const { topic, payload } = JSON.parse(line);
  client.publish(topic, payloads.encodePayload(payload), { qos: 1 });
}).on("close", () => client.end(true));
