// The question what to do with a name that is taken: one at a time, or for all that follow.

/** Ask about the first entry whose name is taken; hides itself where there is none. */
export function askNext(box, queue) {
  const taken = queue.of("exists");
  const first = taken[0];
  const was = box.dataset.asks;
  box.hidden = !first;
  box.dataset.asks = first?.id ?? "";
  if (!first) return;
  box.querySelector("[data-ask-words]").textContent = `“${first.path}” exists already.`;
  box.querySelector("[data-ask-all]").textContent = taken.length > 1 ? `The same for all ${taken.length}, and for those that follow` : "The same for those that follow";
  if (was !== String(first.id) && mayTakeFocus(box)) box.querySelector("button").focus({ preventScroll: true });
}

// Who is typing keeps the cursor.
function mayTakeFocus(box) {
  const at = document.activeElement;
  return at === null || at === document.body || box.contains(at) || at.closest("[data-s3-upload]") !== null && !at.matches("input:not([readonly])");
}

/** Make the buttons of the question work. */
export function startAsking(box, queue) {
  box.addEventListener("click", (event) => {
    const button = event.target.closest("[data-decide]");
    if (!button) return;
    const entry = queue.entries.find((each) => each.id === Number(box.dataset.asks));
    if (entry) queue.decide(entry, button.dataset.decide, box.querySelector("input").checked);
    askNext(box, queue);
  });
}
