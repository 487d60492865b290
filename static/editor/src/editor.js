// Turns a textarea into an editor and keeps the textarea's value in step, so that its form works as before.
//
//   <textarea data-editor data-language="postgres" data-schema="/…" data-nonce="…">SELECT 1</textarea>
//
// Ctrl+Enter sends `editor:run`, Ctrl+E `editor:explain` (both bubble; detail.selection is the selected text);
// every change sends `editor:change`. Escape and then Tab leave the editor, as everywhere in CodeMirror.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { bracketMatching, indentOnInput } from "@codemirror/language";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState, Prec } from "@codemirror/state";
import {
  EditorView,
  drawSelection,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  placeholder,
} from "@codemirror/view";
import { language } from "./languages.js";
import { theme } from "./theme.js";

const editors = new WeakMap();

/** The editor of a textarea, made at the first call. */
export function edit(area) {
  if (!editors.has(area)) editors.set(area, new Editor(area));
  return editors.get(area);
}

class Editor {
  constructor(area) {
    this.area = area;
    this.language = new Compartment();
    this.view = new EditorView({ state: this.#state(), parent: this.#place() });
    area.hidden = true;
    area.form?.addEventListener("reset", () => queueMicrotask(() => this.set(area.defaultValue)));
    if (area.dataset.schema) this.#loadSchema(area.dataset.schema);
  }

  get text() {
    return this.view.state.doc.toString();
  }

  get selection() {
    const { from, to } = this.view.state.selection.main;
    return this.view.state.sliceDoc(from, to);
  }

  set(text) {
    this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text } });
  }

  /** Put text where the cursor is, in place of what is selected. */
  insert(text) {
    this.view.dispatch(this.view.state.replaceSelection(text));
    this.focus();
  }

  focus() {
    this.view.focus();
  }

  /** Mark mistakes; each has `message` and either `line` and `column` (from 1) or `from` and `to` (from 0). */
  mark(mistakes) {
    const marks = mistakes.map((mistake) => ({ severity: "error", message: mistake.message, ...this.#range(mistake) }));
    this.view.dispatch(setDiagnostics(this.view.state, marks));
    if (marks.length) this.view.dispatch({ selection: { anchor: marks[0].from }, scrollIntoView: true });
  }

  complete(schema) {
    const extensions = language(this.area.dataset.language, schema);
    this.view.dispatch({ effects: this.language.reconfigure(extensions) });
  }

  #place() {
    const place = document.createElement("div");
    place.className = "editor";
    this.area.after(place);
    return place;
  }

  #state() {
    const { area } = this;
    return EditorState.create({
      doc: area.value,
      extensions: [
        EditorView.cspNonce.of(area.dataset.nonce ?? ""),
        Prec.highest(keymap.of(this.#ownKeys())),
        ...basics(),
        this.language.of(language(area.dataset.language)),
        placeholder(area.placeholder),
        EditorState.readOnly.of(area.readOnly),
        EditorView.contentAttributes.of(labels(area)),
        EditorView.updateListener.of((update) => update.docChanged && this.#changed()),
        theme,
      ],
    });
  }

  #ownKeys() {
    return [
      { key: "Mod-Enter", preventDefault: true, run: () => this.#tell("editor:run") },
      { key: "Mod-e", preventDefault: true, run: () => this.#tell("editor:explain") },
    ];
  }

  #changed() {
    this.area.value = this.text;
    this.#tell("editor:change");
  }

  #tell(name) {
    const detail = { editor: this, selection: this.selection };
    this.area.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
    return true;
  }

  #range({ line, column = 1, from, to }) {
    const { doc } = this.view.state;
    if (from === undefined) {
      const row = doc.line(Math.min(Math.max(line, 1), doc.lines));
      from = Math.min(row.from + column - 1, row.to);
      to = undefined;
    }
    const word = this.view.state.wordAt(Math.min(from, doc.length));
    return { from: Math.min(from, doc.length), to: Math.min(to ?? word?.to ?? from + 1, doc.length) };
  }

  async #loadSchema(url) {
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    if (answer.ok) this.complete((await answer.json()).completion);
  }
}

function basics() {
  return [
    lineNumbers(),
    highlightActiveLineGutter(),
    highlightActiveLine(),
    highlightSpecialChars(),
    history(),
    drawSelection(),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    autocompletion(),
    highlightSelectionMatches(),
    lintGutter(),
    EditorView.lineWrapping,
    keymap.of([
      ...closeBracketsKeymap,
      ...defaultKeymap,
      ...searchKeymap,
      ...historyKeymap,
      ...completionKeymap,
      indentWithTab,
    ]),
  ];
}

/** The editor takes the textarea's name for those who do not see it. */
function labels(area) {
  const label = area.getAttribute("aria-label") ?? area.labels?.[0]?.textContent.trim() ?? area.name;
  const described = area.getAttribute("aria-describedby");
  return { "aria-label": label, ...(described ? { "aria-describedby": described } : {}) };
}

document.querySelectorAll("textarea[data-editor]").forEach(edit);
document.addEventListener("htmx:afterSettle", (event) => {
  event.target.querySelectorAll?.("textarea[data-editor]").forEach(edit);
});
