// The seconds since a query began.
export function startClock(place) {
  let begun = 0;
  let timer;
  const show = () => {
    place.textContent = `${((performance.now() - begun) / 1000).toFixed(1)} s`;
  };
  return {
    start() {
      begun = performance.now();
      clearInterval(timer);
      timer = setInterval(show, 100);
      show();
    },
    stop() {
      clearInterval(timer);
      show();
    },
  };
}
