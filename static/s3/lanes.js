// The two ways of a file into the bucket: through the application, or from the browser straight to S3.
export const LANES = { through: "Through Trellis", straight: "Straight to S3" };

/** Lanes of a bucket as the page knows them; whether S3 takes files from this page is asked once, when a large file comes. */
export class Lanes {
  constructor({ lanesUrl, threshold, maxBytes, mostStraight }, addCalls) {
    Object.assign(this, { url: lanesUrl, threshold: Number(threshold), most: { through: Number(maxBytes), straight: Number(mostStraight) }, addCalls });
  }

  /** Return the lane for a file of this size. */
  async laneFor(size) {
    if (size < this.threshold && size <= this.most.through) return "through";
    this.asked ??= this.ask();
    return (await this.asked) ? "straight" : "through";
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
export function hops({ lane, size, milliseconds, calls }) {
  const inside = calls.reduce((sum, call) => sum + call.milliseconds, 0);
  const count = calls.reduce((sum, call) => sum + (call.count ?? 1), 0);
  const bytes = lane === "straight" ? 0 : size;
  const first = { from: "Browser", to: lane === "straight" ? "S3" : "Trellis", bytes: size, milliseconds };
  return [first, { from: "Trellis", to: "S3", bytes, milliseconds: inside, calls: count }];
}
