/**
 * Imported first by every entry point: on a Node that is too old the native modules end the process without a word
 * (better-sqlite3 13 needs Node-API 10), so this speaks before they are loaded.
 */
const oldestNodeApi = 10;

if (Number(process.versions.napi ?? 0) < oldestNodeApi) {
  console.error(
    `Landline needs Node 24 or newer; this is Node ${process.versions.node}. ` +
      'Start it with "npm start", which brings the right Node along, or install Node 24.',
  );
  process.exit(1);
}

export {};
