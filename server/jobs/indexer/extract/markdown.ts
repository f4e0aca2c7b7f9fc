/** Markdown as it reads: without the marks of headings, emphasis, links, code and table rules. */
export function markdownText(markdown: string): string {
  return markdown
    .replaceAll(/^---\r?\n[\s\S]*?\r?\n---\r?\n/g, '')
    .replaceAll(/^ {0,3}(?:```|~~~).*$/gm, '')
    .replaceAll(/^ {0,3}#{1,6}\s+(.*?)\s*#*\s*$/gm, '$1\n')
    .replaceAll(/^\s*\|?[\s:|-]*-{3,}[\s:|-]*\|?\s*$/gm, '')
    .replaceAll(/^\s*\|(.*)\|\s*$/gm, (_line, cells: string) =>
      cells
        .split('|')
        .map((cell) => cell.trim())
        .join(' '),
    )
    .replaceAll(/!?\[([^\]\n]*)\]\([^)\n]*\)/g, '$1')
    .replaceAll(/(\*\*|__|\*|`)(?=\S)([^\n]*?\S)\1/g, '$2')
    .replaceAll(/^ {0,3}>\s?/gm, '');
}
