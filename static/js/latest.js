// Questions that overtake each other: only the answer to the latest counts.

/** Wrap a question (an async function): where it was asked again meanwhile, its answer is null. */
export function latest(ask) {
  let asked = 0;
  return async (...about) => {
    const mine = ++asked;
    const answer = await ask(...about);
    return mine === asked ? answer : null;
  };
}
