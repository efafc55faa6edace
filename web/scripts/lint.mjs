/** Refuses words in JSX that are not in the catalogues, and colours outside the tokens. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const source = new URL('../src', import.meta.url).pathname;
const spoken = new Set(['aria-label', 'title', 'placeholder', 'alt', 'label', 'description']);
const letters = /[\p{L}]{2,}|[\p{Script=Han}]/u;
const allowed = /^(Visavis|English|中文|⌘|Ctrl|Esc|Enter|Tab|Alt)$/;
const colour = /#[0-9a-fA-F]{3,8}\b|\b(?:rgba?|hsla?|oklch)\(/;
const problems = [];

function words(file, text) {
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const report = (node, value) => {
    const { line } = tree.getLineAndCharacterOfPosition(node.getStart());
    problems.push(`${file}:${line + 1} text outside the catalogues: ${value.trim()}`);
  };
  const visit = (node) => {
    if (ts.isJsxText(node) && letters.test(node.text) && !allowed.test(node.text.trim())) {
      report(node, node.text);
    }
    if (ts.isJsxAttribute(node) && spoken.has(node.name.getText())) {
      const value = node.initializer;
      if (value && ts.isStringLiteral(value) && letters.test(value.text)) report(node, value.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
}

for (const entry of readdirSync(source, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  const file = join(entry.parentPath, entry.name);
  const text = readFileSync(file, 'utf8');
  if (file.endsWith('.tsx') && !file.endsWith('.test.tsx')) words(file, text);
  const mayColour = file.includes('/tokens/') || file.endsWith('.test.ts');
  if (/\.(tsx?|css)$/.test(file) && !mayColour && !file.endsWith('schema.d.ts')) {
    text.split('\n').forEach((line, index) => {
      if (colour.test(line.replace(/url\([^)]*\)/g, '').replace(/&#\d+;/g, ''))) {
        problems.push(`${file}:${index + 1} colour outside the tokens: ${line.trim()}`);
      }
    });
  }
}
for (const problem of problems) console.error(problem);
process.exit(problems.length ? 1 : 0);
