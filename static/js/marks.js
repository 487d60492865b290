// Where a mistake stands in an editor's whole text when only a part of it was sent.

/** The place in the whole text of a mistake in the part that begins at `offset`; lines and columns count from 1. */
export function moved(view, offset, { message, line, column }) {
  const first = view.state.doc.lineAt(offset);
  if (line > 1) return { message, line: first.number + line - 1, column };
  return { message, line: first.number, column: offset - first.from + column };
}
