// The ways of a file into the bucket: through the application, from the browser straight to S3, or by API Gateway and Lambda.
import { MOST_PICTURE } from "./function.js";

export const LANES = { through: "Through Trellis", straight: "Straight to S3", function: "Through API Gateway and Lambda" };

/** Lanes of a bucket as the page knows them; whether S3 takes files from this page is asked once, when a large file comes. */
export class Lanes {
  constructor({ lanesUrl, functionUrl, connects, threshold, maxBytes, mostStraight }, addCalls) {
    Object.assign(this, { url: lanesUrl, threshold: Number(threshold), functionUrl, connects: (connects ?? "").split(" "), most: { through: Number(maxBytes), straight: Number(mostStraight), function: MOST_PICTURE }, addCalls });
  }

  /** Return the lane for a file of this size. */
  async laneFor(size) {
    if (size < this.threshold && size <= this.most.through) return "through";
    this.asked ??= this.ask();
    return (await this.asked) ? "straight" : "through";
  }

  /** Return the API that takes pictures; `allowed` says whether this page may send to it. Asked once. */
  functionLane() {
    this.functionAsked ??= this.askFunction();
    return this.functionAsked;
  }

  async askFunction() {
    const answer = await fetch(this.functionUrl, { headers: { Accept: "application/json" } });
    if (!answer.ok) return { ready: false, why: "API Gateway does not say whether there is an API for pictures.", help: "/apigateway/" };
    const lane = await answer.json();
    this.addCalls(lane.calls);
    return { ...lane, allowed: lane.ready && this.connects.includes(new URL(lane.url).origin) };
  }

  async ask() {
    const answer = await fetch(this.url, { headers: { Accept: "application/json" } });
    if (!answer.ok) return false; // through the application it works without the rule, and that answer says what is wrong
    const { straight, calls } = await answer.json();
    this.addCalls(calls);
    return straight;
  }
}

/** Return the hops of a sent file, for people: who saw its bytes, how many, and how long that took. */
export function hops({ lane, size, milliseconds, calls, body }) {
  if (lane === "function") return functionHops({ size, milliseconds, body });
  const inside = calls.reduce((sum, call) => sum + call.milliseconds, 0);
  const count = calls.reduce((sum, call) => sum + (call.count ?? 1), 0);
  const bytes = lane === "straight" ? 0 : size;
  const first = { from: "Browser", to: lane === "straight" ? "S3" : "Trellis", bytes: size, milliseconds };
  return [first, { from: "Trellis", to: "S3", bytes, milliseconds: inside, calls: count }];
}

// The same picture three times: as base64 to API Gateway, as base64 in an event, and as itself into the bucket.
function functionHops({ size, milliseconds, body }) {
  return [
    { from: "Browser", to: "API Gateway", bytes: body, milliseconds, note: `${Math.round((100 * body) / size - 100)} % more by base64` },
    { from: "API Gateway", to: "Lambda", bytes: body, calls: 1 },
    { from: "Lambda", to: "S3", bytes: size, calls: 1 },
  ];
}
