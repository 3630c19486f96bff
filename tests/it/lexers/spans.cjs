// Strings and comments as TypeScript's own parser sees them, for JavaScript, too.
//
// Reads one JSON string (a source) per line, and writes one line for each: {"strings": [[start, end], …], "comments": …}
// in bytes, or null where the source is no program. The first argument is the extension.

const ts = require("typescript");
const readline = require("readline");

const kind = { js: ts.ScriptKind.JSX, ts: ts.ScriptKind.TS, tsx: ts.ScriptKind.TSX }[process.argv[2]];

/** The byte of each UTF-16 unit of a text. */
function bytes(text) {
  const at = new Uint32Array(text.length + 1);
  for (let unit = 0, byte = 0; unit < text.length; unit++) {
    at[unit] = byte;
    const code = text.charCodeAt(unit);
    const surrogate = code >= 0xd800 && code < 0xe000;
    byte += code < 0x80 ? 1 : code < 0x800 || surrogate ? 2 : 3;
    at[unit + 1] = byte;
  }
  return at;
}

const literals = new Set([
  ts.SyntaxKind.StringLiteral,
  ts.SyntaxKind.NoSubstitutionTemplateLiteral,
  ts.SyntaxKind.TemplateExpression,
  ts.SyntaxKind.TemplateLiteralType,
  ts.SyntaxKind.RegularExpressionLiteral,
]);

function spans(text) {
  const file = ts.createSourceFile(`source.${process.argv[2]}`, text, ts.ScriptTarget.Latest, true, kind);
  if (file.parseDiagnostics.length > 0) return null;
  const at = bytes(text);
  const strings = [];
  const comments = new Map();
  const shebang = ts.getShebang(text);
  if (shebang) comments.set(0, [0, at[shebang.length]]);
  const visit = (node) => {
    if (literals.has(node.kind)) strings.push([at[node.getStart(file)], at[node.end]]);
    if (node.kind === ts.SyntaxKind.JsxText) return;
    const children = node.getChildren(file).filter((child) => child.kind !== ts.SyntaxKind.JSDoc);
    if (children.length === 0) {
      // What looks like a comment behind a tag is text.
      const { JsxElement, JsxExpression } = ts.SyntaxKind;
      const tag = node.parent && node.parent.kind >= JsxElement && node.parent.kind <= JsxExpression;
      const before = ts.getLeadingCommentRanges(text, node.pos) ?? [];
      const behind = (!tag && ts.getTrailingCommentRanges(text, node.end)) || [];
      for (const { pos, end } of [...before, ...behind]) comments.set(pos, [at[pos], at[end]]);
    }
    children.forEach(visit);
  };
  visit(file);
  return { strings, comments: [...comments.values()] };
}

readline.createInterface({ input: process.stdin, crlfDelay: Infinity }).on("line", (line) => {
  let answer = null;
  try {
    answer = spans(JSON.parse(line));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  console.log(JSON.stringify(answer));
});
