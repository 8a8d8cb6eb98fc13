/* The worker: Python, in a thread of its own. Pyodide’s two scripts stand above this text. Nothing is asked of any
   network: the requests that Pyodide makes for its own files are answered from memory, all others fail. */
// @ts-check
'use strict';
const SITE = '/lib/python3.12/site-packages/';
const DESK = '/dossier/';

/** @type {any} */
let python = null;
/** What is brought in once the page is ready. @type {Promise<void>} */
let completed = Promise.resolve();

/** @param {object} message @param {Transferable[]} [given] */
function say(message, given = []) {
  /** @type {any} */ (self).postMessage(message, given);
}

/** @param {string} piece base64 @returns {Uint8Array} */
function decoded(piece) {
  const quick = /** @type {any} */ (Uint8Array).fromBase64; // not in every browser yet
  if (quick) return quick.call(Uint8Array, piece);
  const plain = atob(piece), bytes = new Uint8Array(plain.length);
  for (let i = 0; i < plain.length; i++) bytes[i] = plain.charCodeAt(i);
  return bytes;
}

/** @param {string[]} pieces base64 of gzip, cut @returns {Promise<Map<string, Uint8Array>>} place → content */
async function inflated(pieces) {
  const { readable, writable } = new DecompressionStream('gzip');
  const writer = writable.getWriter(); // no Blob on the way: WebKit fails to read a large one back
  for (const piece of pieces) writer.write(/** @type {any} */ (decoded(piece)));
  writer.close();
  return unpacked(new Uint8Array(await new Response(readable).arrayBuffer()));
}

/** @param {Uint8Array} payload @returns {Map<string, Uint8Array>} place → content */
function unpacked(payload) {
  const length = new DataView(payload.buffer).getUint32(0, true);
  const index = JSON.parse(new TextDecoder().decode(payload.subarray(4, 4 + length)));
  return new Map(Object.entries(index).map(([place, [start, size]]) =>
    [place, payload.subarray(4 + length + start, 4 + length + start + size)]));
}

// The smallest module there is. Where a policy or a setting blocks WebAssembly, Pyodide would wait for its own for ever.
const SMALLEST = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);

async function requireWebAssembly() {
  try {
    await WebAssembly.compile(SMALLEST);
  } catch (error) {
    throw Object.assign(/** @type {Error} */ (error), { blocked: 'wasm' });
  }
}

/** @param {any} error */
function fail(error) {
  say({ type: 'fault', text: String((error && error.message) || error), blocked: error && error.blocked });
}

/** Of an interpreter that cannot be made, Pyodide tells the console alone, then waits for ever. */
function heedInstantiation() {
  const made = /** @type {any} */ (WebAssembly);
  for (const way of ['instantiate', 'instantiateStreaming']) {
    const usual = made[way];
    made[way] = usual && (async (/** @type {any[]} */ ...given) => {
      try {
        return await usual(...given);
      } catch (error) {
        if (!python) fail(error);
        throw error;
      }
    });
  }
}

/** @param {string} path */
function makeFolderOf(path) {
  python.FS.mkdirTree(path.replace(/\/[^/]*$/, ''));
}

/** @param {Map<string, Uint8Array>} packages */
function install(packages) {
  let folder = ''; // that of the file before: asking for each would take longer than writing it
  for (const [place, content] of packages) {
    const path = SITE + place.slice('site/'.length);
    if (path.replace(/[^/]*$/, '') !== folder) makeFolderOf(path);
    folder = path.replace(/[^/]*$/, '');
    python.FS.writeFile(path, content, { canOwn: true });
  }
}

/** @param {{core: string[], first: string[]}} parts */
async function start({ core, first }) {
  say({ type: 'begun' });
  await requireWebAssembly();
  heedInstantiation();
  const files = await inflated(core);
  const packages = inflated(first); // while Python starts
  self.fetch = async asked => {
    const name = String(/** @type {any} */ (asked).url || asked).split('/').pop() || '';
    const content = files.get(name);
    if (!content) throw new Error(`rien n’est demandé au réseau : ${name}`);
    const type = name.endsWith('.wasm') ? 'application/wasm' : 'application/octet-stream';
    return new Response(/** @type {any} */ (content), { headers: { 'content-type': type } });
  };
  python = await /** @type {any} */ (self).loadPyodide({ indexURL: 'https://page.invalid/' });
  install(await packages);
  python.FS.mkdirTree(DESK);
  python.runPython(`
import gc
gc.disable()
import os, pandas
os.chdir("/dossier")
pandas.options.mode.copy_on_write = True  # as later versions of pandas do
import kept_code
from cls_workbook import garbage
from cls_workbook.page.desk import requests
desk = requests.Desk()`);
  say({ type: 'ready' });
}

/** @param {{later: string[]}} parts */
async function complete({ later }) {
  install(await inflated(later));
  python.runPython('import importlib; importlib.invalidate_caches(); requests.everything(); garbage.of_a_long_life(); gc.enable()');
}

/** @param {{request: string, files: [string, ArrayBuffer][]}} asked */
async function answer({ request, files }) {
  await completed;
  for (const [path, content] of files) {
    makeFolderOf(DESK + path);
    python.FS.writeFile(DESK + path, new Uint8Array(content), { canOwn: true });
  }
  const tell = (/** @type {number} */ done, /** @type {string} */ name) => say({ type: 'progress', done, name });
  const ask = python.globals.get('desk').answer;
  const said = JSON.parse(ask(request, tell));
  ask.destroy();
  const made = said.files.map((/** @type {string} */ path) => [path, python.FS.readFile(DESK + path).buffer]);
  // What was dropped is not kept once it is answered.
  python.runPython('import shutil; os.chdir("/"); shutil.rmtree("/dossier"); os.mkdir("/dossier"); os.chdir("/dossier")');
  say({ type: 'answer', said, files: made }, made.map((/** @type {any} */ file) => file[1]));
}

self.onmessage = event => {
  const asked = event.data;
  if (asked.type === 'complete') completed = complete(asked);
  (asked.type === 'start' ? start(asked) : asked.type === 'complete' ? completed : answer(asked)).catch(fail);
};
