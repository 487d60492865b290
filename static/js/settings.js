// What a person has chosen about the frame, kept in this browser alone.
const PREFIX = "trellis.";

export function load(name) {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null; // storage is switched off: choices last for the page
  }
}

export function save(name, value) {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch (error) {
    console.info("This choice is not kept:", error.message);
  }
}

export function forget(name) {
  try {
    localStorage.removeItem(PREFIX + name);
  } catch (error) {
    console.info("This choice is not kept:", error.message);
  }
}
