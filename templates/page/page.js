/* The page: what is dropped goes to the worker, what comes back is shown, one function delivers files. Texts that come
   from files are only ever text, never HTML. Nothing is kept. */
// @ts-check
'use strict';

/** @typedef {{gravite: string, code: string, fichier: string, feuille: string, cellules: string, fiche: string,
 *   structure: string, champ: string, trouve: string, attendu: string, remede: string}} Anomaly */
/** @typedef {{what: string, contrat?: string, annee?: number, iso_day?: string, retours?: string[], files?: string[],
 *   pilotage?: string|null, precedent?: string|null, given_up?: string[], format?: string, financeur?: string,
 *   siret?: string, columns?: string[], structure?: string, noyau?: string}} Demand */

const SHOWN = 200; // anomalies on the screen at once
const GRAVITIES = ['bloquant', 'à confirmer', 'information'];

/** @param {string} id @returns {any} */
const $ = id => document.getElementById(id);

/** @param {string} tag @param {Object<string, any>} [settings] @param {...(Node|string)} children @returns {any} */
function make(tag, settings = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(settings)) {
    if (name === 'onclick') element.addEventListener('click', value);
    else if (name === 'className' || name === 'textContent' || name === 'disabled') /** @type {any} */ (element)[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.map(child => typeof child === 'string' ? spaced(child) : child));
  return element;
}

/** The non-breaking spaces that French wants, as workbooks have them; and nothing that reads backwards. @param {string} text */
const spaced = text => text.replace(/[\u202a-\u202e\u2066-\u2069]/g, '').replace(/ (?=[:;!?»€%])/g, '\u00a0').replace(/« /g, '«\u00a0');

/** @param {number} count @param {string} one @param {string} [many] */
const howMany = (count, one, many) => `${count} ${count > 1 ? many || one + 's' : one}`;

// --- files out: the one way -------------------------------------------------------------------------------------------

/** A name that every system takes and shows as it is: what leads elsewhere or reads backwards is « _ ». @param {string} path */
function safeName(path) {
  const name = (path.split('/').pop() || 'fichier').replace(/[\\:*?"<>|\u0000-\u001f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '_');
  const extension = (name.match(/\.\w{1,5}$/) || [''])[0];
  return name.slice(0, name.length - extension.length).slice(0, 150).replace(/^\.+/, '_') + extension;
}

/** @param {string} path @param {BlobPart} content */
function deliver(path, content) {
  const name = safeName(path);
  const address = URL.createObjectURL(new Blob([content]));
  const link = make('a', { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
}

// What is offered and not yet saved would be lost; what newer results took the place of is not missed.
addEventListener('beforeunload', event => {
  if (document.querySelector('button[data-file]:not(.saved)')) event.preventDefault();
});

/** @param {string} label @param {string} path @param {ArrayBuffer} content @param {boolean} [main] */
function saveButton(label, path, content, main = false) {
  return make('button', {
    type: 'button', className: main ? 'main' : '', 'data-file': path,
    onclick: (/** @type {any} */ event) => {
      if (event.detail > 1) return; // a double click saves once
      deliver(path, content);
      event.currentTarget.classList.add('saved');
    },
  }, label);
}

// --- the worker -------------------------------------------------------------------------------------------------------

// The policy lets no text become HTML nor script; this address alone becomes one.
const rules = { createScriptURL: (/** @type {any} */ address) => address };
const named = /** @type {any} */ (window).trustedTypes?.createPolicy('cls', rules) || rules;
/** @type {Worker|null} */ let worker = null;
/** @type {Blob|null} */ let code = null;
let ready = false;
/** What ended the page for good: said again to whoever asks. @type {any} */ let ended = null;
/** What is under way. @type {any} */ let job = null;
/** What was asked meanwhile: one request at a time. @type {any[]} */ const queue = [];

/** @param {string} id @returns {string[]} */
const pieces = id => [...$(id).children].map(piece => piece.textContent);

/** @param {string[]} given @returns {Promise<ArrayBuffer>} */
async function inflated(given) {
  const { readable, writable } = new DecompressionStream('gzip');
  const writer = writable.getWriter(); // no Blob on the way: WebKit fails to read a large one back
  for (const piece of given) writer.write(Uint8Array.from(atob(piece), c => c.charCodeAt(0)));
  writer.close();
  return new Response(readable).arrayBuffer();
}

async function startWorker() {
  ready = false;
  starting = { seconds: 0, begun: false, late: false };
  worker?.terminate();
  worker = null;
  if (!job) working('La page se prépare : quelques secondes…');
  try {
    code = code || new Blob([await inflated(pieces('code'))], { type: 'text/javascript' });
    const mine = worker = new Worker(named.createScriptURL(URL.createObjectURL(code)));
    const heed = (/** @type {any} */ message) => { if (mine === worker) heard(message); };
    mine.onmessage = event => heed(event.data);
    mine.onerror = event => heed({ type: 'fault', text: event.message || '', blocked: starting.begun || event.message ? '' : 'worker' });
    mine.postMessage({ type: 'start', core: pieces('core'), first: pieces('first') });
  } catch (error) {
    broken({ text: String(error), blocked: /** @type {any} */ (error).name === 'SecurityError' ? 'worker' : '' });
  }
}

// --- a start that fails ------------------------------------------------------------------------------------------------

/** Since when the worker starts, in seconds awake; has it said anything; was it said to be late? */
let starting = { seconds: 0, begun: false, late: false };
/** What the policy of the page, or that of its server, has denied. @type {string[]} */
const denied = [];
document.addEventListener('securitypolicyviolation', event => denied.push(`${event.effectiveDirective} · ${event.originalPolicy}`));

const ELSEWHERE = 'Ouvrez-la dans un autre navigateur (Firefox, Chrome ou Edge, à jour), ou montrez ce message à votre service informatique.';
/** @type {Object<string, [string, string]>} what is blocked → what is said, what is to be permitted */
const BLOCKED = {
  wasm: ['WebAssembly, dont elle a besoin, est bloqué.', 'À permettre pour cette page : WebAssembly (qu’interdisent un mode « sans JIT » ou « sécurité renforcée », une stratégie du poste, ou une politique sans \'wasm-unsafe-eval\').'],
  worker: ['le travail en arrière-plan, dont elle a besoin, est bloqué.', 'À permettre pour cette page : les « workers » de type blob: (worker-src blob:).'],
};

/** The page cannot start, or no more: nothing is tried again, and whatever is asked has the same answer.
 * @param {{text: string, blocked?: string}} why @param {string} what happened */
function end({ text, blocked }, what) {
  const policies = [...new Set(denied)].map(policy => `Politique qui l’interdit : ${policy}`);
  if (blocked) {
    const [needed, permit] = BLOCKED[blocked];
    const served = location.protocol === 'file:' ? [] : ['Si le serveur qui donne cette page ajoute un en-tête Content-Security-Policy, c’est à lui de le permettre.'];
    const known = 'Ce qu’elle est et ce qu’elle demande : le document « La page locale, pour l’informatique et la protection des données », que peut donner qui vous a remis la page.';
    ended = { refusal: `Cette page ne peut pas démarrer : ${needed} ${ELSEWHERE}`, details: [permit, ...served, ...policies, ...(text ? [`Ce que dit le navigateur : ${text}`] : []), known] };
  } else {
    ended = { fault: `${what} Fermez d’autres onglets, puis rechargez-la ; si cela se répète, enregistrez le rapport ci-dessous et envoyez-le à qui vous a donné la page.`,
      report: [text, ...policies, navigator.userAgent].join('\n') };
  }
  const waiting = [...(job ? [job] : []), ...queue.splice(0)];
  job = null;
  idle();
  trouble(ended);
  for (const { resolve } of waiting) resolve({ files: [], contents: new Map(), ...ended });
}

/** No end is in sight: it may be the computer; it may be what blocks and tells nobody. */
function late() {
  starting.late = true;
  const where = starting.begun ? 'Le travail en arrière-plan a commencé, et n’a pas fini de se préparer.' : 'Le travail en arrière-plan n’a pas commencé : un antivirus ou une stratégie du poste peut le retenir.';
  trouble({ refusal: `La page n’est toujours pas prête. Sur un ordinateur lent, elle peut encore démarrer : laissez-la ouverte. Si rien ne vient, rechargez-la ; si cela se répète, ouvrez-la dans un autre navigateur, ou montrez ce message à votre service informatique.`, details: [where] });
}

/** The trouble of before is no more, unless it is that of the page itself. */
function calm() {
  if (!ended && !starting.late) $('trouble').hidden = true;
}

/** @param {any} message */
function heard(message) {
  if (message.type === 'begun') {
    starting.begun = true;
  } else if (message.type === 'ready') {
    ready = true;
    if (starting.late) $('trouble').replaceChildren();
    starting.late = false;
    calm();
    /** @type {Worker} */ (worker).postMessage({ type: 'complete', later: pieces('later') }); // before anything is asked
    if (job) send(); else idle();
    if (!document.documentElement.dataset.state) $('work-said').textContent = 'La page est prête.';
    document.documentElement.dataset.state = 'ready';
  } else if (message.type === 'progress' && job) {
    job.silence = 0;
    job.name = message.name;
    const total = job.total;
    if (message.name) working(`Fichier ${message.done}${total ? ` sur ${total}` : ''} : ${message.name.split('/').pop()}`, message.done - 1, total);
    else working('Tous les fichiers sont lus : les résultats se préparent…');
  } else if (message.type === 'answer' && job) {
    const { resolve } = job;
    next();
    resolve({ ...message.said, contents: new Map(message.files) });
  } else if (message.type === 'fault') {
    broken(message);
  }
}

/** The worker is lost. One that had started is replaced, and what was under way is in fault; one that breaks as it starts,
 * or with nothing to do, would break again. @param {{text: string, blocked?: string}} why */
function broken(why) {
  const asked = job, started = ready;
  ready = false;
  worker?.terminate();
  worker = null;
  if (!started || !asked) return end(why, started ? 'La page s’est arrêtée.' : 'La page n’a pas pu démarrer.');
  job = queue.shift() || null;
  asked.resolve({ files: [], contents: new Map(),
    fault: 'L’outil est en faute, pas vous. Enregistrez le rapport ci-dessous et envoyez-le à qui vous a donné la page.',
    report: `${why.text}\n${navigator.userAgent}` });
  startWorker();
}

/** The answer to a request, once those before it have theirs. @param {Demand} request @param {Map<string, File>} files @returns {Promise<any>} */
function ask(request, files) {
  if (ended) return Promise.resolve({ files: [], contents: new Map(), ...ended });
  return new Promise(resolve => {
    queue.push({ request: { ...request, given_up: [] }, files, resolve, total: (request.retours || []).length, name: '', silence: 0 });
    if (!job) next();
  });
}

function next() {
  job = queue.shift() || null;
  if (!job) return idle();
  calm();
  buttons();
  working('Un instant…');
  if (ready) send();
}

async function send() {
  const mine = job;
  const content = (/** @type {File} */ file) => file.arrayBuffer().catch(() => new ArrayBuffer(0)); // moved or locked since: it will be said to be empty
  const sent = await Promise.all([...mine.files].map(async ([path, file]) => /** @type {[string, ArrayBuffer]} */ ([path, await content(file)])));
  if (job !== mine) return;
  mine.silence = 0;
  worker?.postMessage({ type: 'ask', request: JSON.stringify(mine.request), files: sent }, sent.map(file => file[1]));
}

// A file that takes too long costs that file: the worker is ended, and all is done again without it. A laptop that slept,
// or a page that its browser let rest, was not waiting: of such a gap a few seconds count.
let looked = Date.now();
setInterval(() => {
  const now = Date.now(), awake = Math.min(now - looked, 5000);
  looked = now;
  const { delay, start } = document.documentElement.dataset;
  if (job) job.silence += awake;
  if (job && ready && job.name && job.silence > Number(delay) * 1000) {
    job.request.given_up.push(job.name);
    job.name = '';
    startWorker();
  }
  if (ready || ended || starting.late) return;
  starting.seconds += awake / 1000;
  if (starting.seconds > Number(start)) late();
}, 500);

$('work-stop').addEventListener('click', () => {
  if (!job) return;
  const { resolve } = job;
  job = queue.shift() || null;
  startWorker();
  resolve({ files: [], contents: new Map(), refusal: 'Arrêté : rien n’a été fait.', details: [] });
});

let spoke = 0;
/** The sentence is read aloud every ten seconds at most. @param {string} text @param {number} [done] @param {number} [total] */
function working(text, done, total) {
  $('work').hidden = false;
  $('work-text').textContent = spaced(text);
  if (Date.now() - spoke > 10000) { spoke = Date.now(); $('work-said').textContent = text; }
  $('work-stop').hidden = !job;
  const bar = $('work-bar');
  if (total && total > 1) { bar.max = total; bar.value = done; } else bar.removeAttribute('value');
}

function idle() {
  $('work').hidden = true;
  $('work-said').textContent = '';
  spoke = 0;
  buttons();
}

/** @param {any} said @returns {boolean} was there trouble? */
function trouble(said) {
  const box = $('trouble');
  box.replaceChildren();
  if (!said.refusal && !said.fault) { box.hidden = true; return false; }
  box.append(make('p', {}, said.refusal || said.fault));
  const details = said.details || [];
  if (details.length) box.append(make('ul', {}, ...details.slice(0, 50).map((/** @type {string} */ d) => make('li', {}, d))));
  if (said.report) box.append(make('details', {}, make('summary', {}, 'Lire le rapport'), make('pre', {}, said.report)));
  box.append(make('p', { className: 'buttons' },
    ...(said.report ? [make('button', { type: 'button', onclick: () => deliver('rapport-cls.txt', said.report) }, 'Enregistrer le rapport')] : []),
    make('button', { type: 'button', onclick: () => { box.hidden = true; box.replaceChildren(); $('main').focus({ preventScroll: true }); } }, 'Fermer')));
  box.hidden = false;
  return true;
}

// --- files in ---------------------------------------------------------------------------------------------------------

/** Files of what was dropped: a handle (some browsers refuse entries on local pages), an entry, or a file.
 * @param {any} item @param {string} before @param {Map<string, File>} found */
async function walk(item, before, found) {
  if (item.kind === 'file' || item.isFile) {
    found.set(before + item.name, item.getFile ? await item.getFile() : await new Promise((ok, no) => item.file(ok, no)));
  } else if (item.values) {
    for await (const child of item.values()) await walk(child, `${before}${item.name}/`, found);
  } else {
    const reader = item.createReader();
    for (;;) {
      const part = /** @type {any[]} */ (await new Promise((ok, no) => reader.readEntries(ok, no)));
      if (!part.length) break;
      for (const child of part) await walk(child, `${before}${item.name}/`, found);
    }
  }
}

const READ = /\.(xlsx|xlsm|ods|toml|zip)$/i;
const NOTHING = 'Rien à lire dans ce qui a été donné : déposez des fichiers, ou un dossier qui en contient.';

/** @param {DataTransfer} given @returns {Promise<Map<string, File>|null>} path → file; null: a folder that it may not open */
async function droppedFiles(given) {
  const found = new Map();
  const plain = [...given.files];
  const items = [...given.items].filter(item => item.kind === 'file').map(/** @param {any} item */ item =>
    item.getAsFileSystemHandle ? item.getAsFileSystemHandle() : item.webkitGetAsEntry && item.webkitGetAsEntry());
  try {
    const opened = (await Promise.all(items)).filter(Boolean);
    for (const item of opened) await walk(item, '', found);
    if (opened.length || !plain.length) return found;
  } catch (error) {
    found.clear();
  }
  for (const file of plain) if (file.size || file.type || READ.test(file.name)) found.set(file.name, file); // not a folder
  return found.size ? found : null;
}

/** @param {FileList} list @returns {Map<string, File>} */
const chosenFiles = list => new Map([...list].map(file => [file.webkitRelativePath || file.name, file]));

const isArchive = (/** @type {string} */ path) => /\.zip$/i.test(path);
const NESTED = 2; // archives in an archive, and in those

/** The workbooks of an archive stand in its place, in a folder of its own; an archive that cannot be opened stays, and is
 * read as a file that says why. @param {Map<string, File>} files @param {string[]} left what is said of what stays in them
 * @param {number} [depth] @returns {Promise<Map<string, File>>} */
async function unpacked(files, left, depth = 0) {
  const whole = new Map([...files].filter(([path]) => !isArchive(path)));
  for (const [path, file] of files) {
    if (!isArchive(path)) continue;
    const said = depth > NESTED ? { contents: new Map() } : await ask({ what: 'deballer', files: [path] }, new Map([[path, file]]));
    left.push(...(said.refusal ? [said.refusal] : said.left || []));
    if (depth > NESTED) left.push(`« ${path} » : une archive dans trop d’archives ; décompressez-la, et déposez les classeurs qu’elle contient.`);
    else if (!said.contents.size && !said.refusal && !said.left?.length) whole.set(path, file);
    const inside = new Map([...said.contents].map(([inner, content]) => [inner, new File([content], inner.split('/').pop() || inner)]));
    const folders = new Set([...asReturns(whole).keys()].map(folderOf)); // none of which it may be mixed up with
    for (const [inner, one] of await unpacked(inside, left, depth + 1)) whole.set(apart(folderOf(inner), folders) + inner.slice(folderOf(inner).length), one);
  }
  return whole;
}

const folderOf = (/** @type {string} */ path) => path.split('/')[0];
/** A name that none of those has: « envoi », « envoi (2) ». @param {string} name @param {Set<string>} taken */
function apart(name, taken) {
  for (let rank = 1; ; rank++) {
    const other = rank > 1 ? `${name} (${rank})` : name;
    if (!taken.has(other)) return other;
  }
}

/** @param {string} prefix @param {(files: Map<string, File>) => Promise<void>} took */
function dropPlace(prefix, took) {
  const take = async (/** @type {Map<string, File>|null} */ files) => {
    const instead = $(`${prefix}-folder`) ? 'Choisir un dossier' : 'Choisir un fichier';
    if (!files) return trouble({ refusal: `Ce navigateur ne laisse pas déposer un dossier ici : utilisez le bouton « ${instead} ».` });
    const said = await ask({ what: 'garder', files: [...files.keys()] }, new Map());
    if (trouble(said)) return;
    const kept = new Map([...files].filter(([path]) => said.kept.includes(path)));
    if (!kept.size) return trouble({ refusal: NOTHING });
    /** @type {string[]} */ const left = [];
    const whole = await unpacked(kept, left);
    if (whole.size) await took(whole);
    if (left.length && $('trouble').hidden) trouble({ refusal: 'Laissé de côté dans ce qui a été déposé :', details: left });
  };
  const place = $(`${prefix}-drop`);
  for (const id of [`${prefix}-files`, `${prefix}-folder`]) {
    const input = $(id);
    if (!input) continue;
    input.addEventListener('change', () => {
      const files = chosenFiles(input.files);
      input.value = '';
      take(files);
    });
  }
  place.addEventListener('dragover', (/** @type {Event} */ event) => { event.preventDefault(); place.classList.add('over'); });
  place.addEventListener('dragleave', () => place.classList.remove('over'));
  place.addEventListener('drop', async (/** @type {any} */ event) => {
    event.preventDefault();
    place.classList.remove('over');
    take(await droppedFiles(event.dataTransfer));
  });
}
for (const name of ['dragover', 'drop']) addEventListener(name, event => event.preventDefault()); // beside the place: nothing opens

const MADE = ['copies', 'relances', 'classeurs', 'comptes-rendus', 'entretiens', 'export', 'logos', 'formulaire', 'demo-cls'];
/** The files under « retours/ » when they came without a folder, or from one whose name the results take.
 * @param {Map<string, File>} files */
const asReturns = files => new Map([...files].map(([path, file]) =>
  [path.includes('/') && !MADE.includes(path.split('/')[0]) ? path : `retours/${path}`, file]));

// --- what is shown ----------------------------------------------------------------------------------------------------

/** @param {string} word */
const pill = word => make('span', { className: `pill ${word.normalize('NFD').replace(/[\u0300-\u036f]/g, '').replace(/ /g, '-')}` }, word);

/** @param {string} caption @param {string[]} titles @param {(string|Node|{number: string})[][]} rows */
function table(caption, titles, rows) {
  if (!rows.length) return make('p', { className: 'card' }, 'Rien à montrer ici.');
  const isNumber = (/** @type {any} */ cell) => typeof cell === 'object' && 'number' in cell;
  const head = make('tr', {}, ...titles.map((title, i) => make('th', { scope: 'col', className: rows.length && isNumber(rows[0][i]) ? 'number' : '' }, title)));
  const body = rows.map(row => make('tr', {}, ...row.map((cell, i) => {
    if (i === 0) return make('th', { scope: 'row' }, /** @type {any} */ (cell));
    return make('td', { 'data-label': titles[i], className: isNumber(cell) ? 'number' : '' }, isNumber(cell) ? /** @type {any} */ (cell).number : cell);
  })));
  const whole = make('table', { className: 'cards' }, make('caption', { className: 'hidden-text' }, caption), make('thead', {}, head), make('tbody', {}, ...body));
  return make('div', { className: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption }, whole);
}

/** A list of anomalies that filters by gravity and fiche. @param {Anomaly[]} anomalies @param {boolean} withFile */
function anomalyList(anomalies, withFile) {
  if (!anomalies.length) return make('p', { className: 'card' }, 'Rien n’a été relevé.');
  const box = make('div', { className: 'result' });
  const shown = make('div');
  const count = make('p', { role: 'status' });
  const kept = new Set(GRAVITIES);
  let fiche = '';
  let limit = SHOWN;
  const draw = () => {
    const chosen = anomalies.filter(a => kept.has(a.gravite) && (!fiche || a.fiche === fiche));
    count.textContent = howMany(chosen.length, 'point affiché', 'points affichés');
    const rows = chosen.slice(0, limit).map(a => [
      pill(a.gravite),
      make('span', { className: 'place' }, ...(withFile && a.fichier ? [make('span', { className: 'file' }, a.fichier), ' '] : []),
        [a.feuille, a.cellules].filter(Boolean).join(' · ') || (!a.fichier ? 'La campagne' : withFile ? '' : 'Le fichier')),
      a.champ,
      make('span', { className: 'found' }, a.trouve),
      a.attendu,
      make('span', { className: 'remedy' }, a.remede),
    ]);
    shown.replaceChildren(table('Points relevés', ['Gravité', 'Où', 'Case', 'Trouvé', 'Attendu', 'À faire'], rows));
    if (chosen.length > limit) shown.append(make('p', { className: 'buttons' }, make('button', { type: 'button', onclick: () => { limit += SHOWN; draw(); } }, 'Afficher la suite')));
  };
  const filters = make('fieldset', { className: 'filters' }, make('legend', { className: 'hidden-text' }, 'Filtrer'));
  const gravities = GRAVITIES.filter(g => anomalies.some(a => a.gravite === g));
  if (gravities.length > 1) for (const gravity of gravities) {
    const input = make('input', { type: 'checkbox', checked: '' });
    input.addEventListener('change', () => { input.checked ? kept.add(gravity) : kept.delete(gravity); draw(); });
    filters.append(make('label', {}, input, ` ${gravity} (${anomalies.filter(a => a.gravite === gravity).length})`));
  }
  const fiches = [...new Set(anomalies.map(a => a.fiche).filter(Boolean))].sort((a, b) => a.localeCompare(b, 'fr', { numeric: true }));
  if (fiches.length > 1) {
    const select = make('select', { 'aria-label': 'Fiche' }, make('option', { value: '' }, 'Toutes les fiches'), ...fiches.map(f => make('option', { value: f }, `Fiche ${f}`)));
    select.addEventListener('change', () => { fiche = select.value; draw(); });
    filters.append(select);
  }
  draw();
  if (filters.children.length > 1) box.append(filters, count); // one kind of point, of one fiche: nothing to choose
  box.append(shown);
  return box;
}

/** Tabs, moved through with the arrows. @param {[string, string, Node][]} panels id, label, content */
function tabs(panels) {
  const list = make('div', { className: 'tabs', role: 'tablist', 'aria-label': 'Résultats' });
  const choose = (/** @type {number} */ rank, /** @type {boolean} */ focus) => panels.forEach(([id], i) => {
    const tab = list.children[i];
    tab.setAttribute('aria-selected', String(i === rank));
    tab.tabIndex = i === rank ? 0 : -1;
    if (i === rank && focus) tab.focus();
    bodies[i].hidden = i !== rank;
  });
  const bodies = panels.map(([id, , content]) => make('div', { role: 'tabpanel', id: `panel-${id}`, 'aria-labelledby': `tab-${id}` }, content));
  panels.forEach(([id, label], i) => list.append(make('button', { type: 'button', role: 'tab', id: `tab-${id}`, 'aria-controls': `panel-${id}`, onclick: () => choose(i, false) }, label)));
  list.addEventListener('keydown', (/** @type {any} */ event) => {
    const here = [...list.children].findIndex(tab => tab === document.activeElement);
    const last = panels.length - 1;
    const next = { ArrowRight: here < last ? here + 1 : 0, ArrowLeft: here ? here - 1 : last, Home: 0, End: last }[/** @type {string} */ (event.key)];
    if (next === undefined || here < 0) return;
    event.preventDefault();
    choose(next, true);
  });
  choose(0, false);
  return [list, ...bodies];
}

/** Nothing to show of what was dropped there: the place to drop again has the focus. @param {'partner'|'agency'} prefix */
function refused(prefix) {
  $(`${prefix}-result`).replaceChildren(welcome(prefix));
  $(`${prefix}-files`).focus();
}

/** The first sentence of what is shown has the focus; what came too low on the screen moves up.
 * @param {any} box @param {...Node} children */
function show(box, ...children) {
  box.replaceChildren(...children);
  const title = box.querySelector('.good, .bad, .note');
  if (!title) return;
  title.tabIndex = -1;
  title.focus();
  if (title.getBoundingClientRect().top > innerHeight * 0.6) box.scrollIntoView();
}

// --- Je réponds -------------------------------------------------------------------------------------------------------

/** The definitions dropped beside returns, by name: of a contract that does not ship, and of its noyau. */
const definitions = new Map();
const isDefinition = (/** @type {string} */ path) => path.toLowerCase().endsWith('.toml');

/** Definitions given with other files are kept beside those of before, the last first; none if one has faults, which are
 * told. @param {Map<string, File>} files @param {Map<string, File>} kept @returns {Promise<boolean>} are they in order? */
async function keepDefinitions(files, kept) {
  const given = new Map([...files].filter(([path]) => isDefinition(path)).map(([path, file]) => [path.split('/').pop() || path, file]));
  if (!given.size) return true;
  for (const [name, file] of kept) if (!given.has(name)) given.set(name, file);
  const said = await ask({ what: 'trier', files: [...given.keys()] }, given);
  if (trouble(said)) return false;
  kept.clear();
  for (const [name, file] of given) kept.set(name, file);
  return true;
}

dropPlace('partner', async files => {
  const box = $('partner-result');
  if (!await keepDefinitions(files, definitions)) return refused('partner');
  const given = asReturns(new Map([...files].filter(([path]) => !isDefinition(path))));
  if (!given.size) return show(box, make('p', { className: 'note' }, 'Définition reçue : déposez maintenant votre classeur.'));
  const said = await ask({ what: 'controler', retours: [...given.keys()], files: [...definitions.keys()] }, new Map([...definitions, ...given]));
  if (trouble(said)) return refused('partner');
  $('partner-drop').classList.add('small');
  const cards = said.results.map((/** @type {any} */ result) => partnerCard(result, said.contents));
  show(box, ...cards);
});

/** @param {any} result @param {Map<string, ArrayBuffer>} contents */
function partnerCard(result, contents) {
  const serious = result.anomalies.filter((/** @type {Anomaly} */ a) => a.gravite !== 'information');
  const blocking = serious.filter((/** @type {Anomaly} */ a) => a.gravite === 'bloquant').length;
  const verdict = !serious.length ? make('p', { className: 'good' }, 'Rien à corriger : vous pouvez renvoyer votre classeur.')
    : make('p', { className: 'bad' }, result.elsewhere ? result.elsewhere : !result.campaign ? 'Ce fichier ne peut pas être lu : voyez pourquoi, et que faire.' : blocking ? `${howMany(blocking, 'point à corriger', 'points à corriger')}${serious.length > blocking ? `, ${serious.length - blocking} à confirmer` : ''}.`
      : `${howMany(serious.length, 'point à confirmer', 'points à confirmer')} ; rien de bloquant.`);
  const card = make('article', { className: 'card' }, make('h3', {}, result.file));
  if (result.campaign) card.append(make('p', { className: 'of' }, result.campaign)); // last year’s workbook is noticed so
  card.append(verdict);
  const year = Number((result.campaign.match(/année (\d{4})/) || [])[1]);
  if (year < Number(today().slice(0, 4)) - 1) card.append(make('p', { className: 'note' }, `Ce classeur est celui de ${year} : est-ce bien l’année que la coordination vous demande ?`));
  const copy = result.copy && contents.get(result.copy);
  if (copy && serious.length) {
    for (const remark of result.remarks) card.append(make('p', { className: 'note' }, remark));
    card.append(make('p', {}, 'La copie annotée est votre classeur, chaque case à revoir colorée et commentée : corrigez-la, puis renvoyez-la.'),
      make('p', { className: 'buttons' }, saveButton('Enregistrer la copie annotée', result.copy, copy, true)));
  }
  if (result.anomalies.length && !result.elsewhere) card.append(anomalyList(result.anomalies, false));
  return card;
}

// --- Je coordonne -----------------------------------------------------------------------------------------------------

/** path → [file, kind, campaign]. @type {Map<string, {file: File, kind: string, campaign: [string, number]|null}>} */
const campaign = new Map();
/** @type {{id: string, titre: string, annees: number[], file?: File}[]} */ let contracts = JSON.parse($('contracts').textContent);
const KINDS = { retour: ['fichier de retour', 'fichiers de retour'], pilotage: ['pilotage'], consolidation: ['consolidation'], synthese: ['synthèse'], description: ['description de contrat'], definition: ['définition de contrat'], noyau: ['noyau', 'noyaux'] };

dropPlace('coordinator', async files => {
  const given = new Map([...asReturns(files)].map(([path, file]) => [isDefinition(path) ? path.split('/').pop() || path : path, file]));
  const said = await sorted(given);
  if (trouble(said)) return;
  const again = [...given.keys()].filter(path => campaign.has(path)).length;
  for (const [path, file] of given) campaign.set(path, { file, kind: said.kinds[path], campaign: said.campaigns[path] || null });
  for (const [path, item] of [...campaign]) {
    if (!item.kind.includes('noyau')) continue;
    campaign.delete(path);
    await takeNoyau(path, item.file, $('coordinator-result'));
  }
  const described = [...campaign].filter(([, item]) => item.kind === 'definition' || item.kind === 'description');
  for (const [path, item] of described) {
    campaign.delete(path);
    await takeDefinition(path, item.file);
  }
  const unknown = new Map([...campaign].filter(([, item]) => !item.campaign).map(([path, item]) => [path, item.file]));
  if (described.length && unknown.size) { // returns that came before their definition: it says of which year they are
    const told = await sorted(unknown);
    for (const [path, of] of Object.entries(told.campaigns || {})) /** @type {any} */ (campaign.get(path)).campaign = of;
  }
  const [contract, year] = [$('contract').value, Number($('year').value)];
  // the consolidation of the year before the chosen one is last year's: what was chosen stays
  const lastYear = (/** @type {any} */ item) => item.kind === 'consolidation' && item.campaign[0] === contract && item.campaign[1] === year - 1;
  const items = [...campaign.values()].filter(item => item.campaign && contracts.some(c => c.id === item.campaign?.[0]) && !lastYear(item));
  const known = items.find(item => item.kind === 'retour') || items.sort((a, b) => (b.campaign?.[1] || 0) - (a.campaign?.[1] || 0))[0];
  if (known && known.campaign) choose(...known.campaign);
  $('coordinator-drop').classList.add('small');
  received(true, again);
  $('consolidate').scrollIntoView({ block: 'nearest' }); // what is next is on the screen, however small
});

/** What each file is, and of which campaign, by the definition of the chosen contract where it does not ship.
 * @param {Map<string, File>} given @returns {Promise<any>} */
function sorted(given) {
  const own = contracts.find(c => c.id === $('contract').value)?.file;
  const beside = new Map([...given, ...noyaux(), ...(own ? [/** @type {[string, File]} */ ([own.name, own])] : [])]);
  return ask({ what: 'trier', files: [...given.keys()], contrat: own ? own.name : '' }, beside);
}

/** @param {string} path @param {File} file */
async function takeDefinition(path, file) {
  const name = path.split('/').pop() || path;
  const said = await ask({ what: 'importer', files: [name] }, new Map([...noyaux(), [name, file]]));
  if (trouble(said)) return;
  const [made, content] = [...said.contents][0];
  contracts = [...contracts.filter(c => c.id !== said.contrat.id), { ...said.contrat, file: new File([content], made) }];
  fillContracts();
  choose(said.contrat.id, lastOver(said.contrat.annees));
  const notices = said.notices.slice(0, 30).map((/** @type {string} */ n) => make('li', {}, n));
  const kept = made === name ? [] : [make('p', { className: 'buttons' }, saveButton(`Enregistrer la définition (${made})`, made, content, true))];
  if (notices.length || kept.length) $('coordinator-result').replaceChildren(make('div', { className: 'note' },
    make('p', {}, notices.length ? `Lu dans « ${name} » :` : `« ${name} » : rien à signaler.`), make('ul', {}, ...notices)), ...kept);
}

/** A noyau, or the workbook that describes one: kept beside the definitions that name it, and offered as a file where it
 * was described. @param {string} path @param {File} file @param {any} box */
async function takeNoyau(path, file, box) {
  const name = path.split('/').pop() || path;
  const said = await ask({ what: 'importer-noyau', files: [name] }, new Map([[name, file]]));
  if (trouble(said)) return box === $('agency-result') ? refused('agency') : undefined;
  const [made, content] = [...said.contents][0];
  campaign.set(made, { file: new File([content], made), kind: 'noyau', campaign: null });
  if (made === name && box === $('coordinator-result')) return;
  const notices = said.notices.slice(0, 30).map((/** @type {string} */ n) => make('li', {}, n));
  show(box, make('div', { className: 'note' }, make('p', {}, `${said.titre} : ce noyau est en ordre.`), make('ul', {}, ...notices)),
    make('p', { className: 'buttons makes' }, ...(made === name ? [] : [saveButton(`Enregistrer ${made}`, made, content, true)]),
      ...(box === $('agency-result') ? [moreButton('Le classeur qui le décrit', 'modele-noyau', () => ({ noyau: made }), new Map([[made, new File([content], made)]]), 'agency-made')] : [])));
}

/** The noyaux, by the name that a definition gives them. @returns {Map<string, File>} */
const noyaux = () => new Map(ofKind('noyau').map(([path, item]) => [path, item.file]));

/** @param {string} id @param {number} year */
function choose(id, year) {
  $('contract').value = id;
  fillYears();
  $('year').value = String(year);
}

/** The contract that runs, and its last year that is over: what a coordinator mostly wants. */
function guess() {
  const running = contracts.find(c => c.annees.includes(new Date().getFullYear())) || contracts[0];
  $('contract').value = running.id;
  fillYears();
}

/** @param {number[]} years */
function lastOver(years) {
  const over = years.filter(year => year < new Date().getFullYear());
  return over.length ? Math.max(...over) : years[0];
}

function fillContracts() {
  $('contract').replaceChildren(...contracts.map(c => make('option', { value: c.id }, c.titre)));
}

function fillYears() {
  const contract = contracts.find(c => c.id === $('contract').value);
  $('year').replaceChildren(...(contract ? contract.annees : []).map(y => make('option', { value: String(y) }, String(y))));
  if (contract) $('year').value = String(lastOver(contract.annees));
}
$('contract').addEventListener('change', () => { fillYears(); buttons(); });
$('year').addEventListener('change', () => buttons());

/** The files of one kind. @param {string} kind */
const ofKind = kind => [...campaign].filter(([, item]) => item.kind === kind);

/** @param {boolean} [changed] since the results that are shown @param {number} [twice] files that took the place of one
 * of the same name */
function received(changed = false, twice = 0) {
  const lines = Object.entries(KINDS).map(([kind, [one, many]]) => {
    const those = ofKind(kind);
    if (!those.length) return null;
    const name = those.length === 1 ? ` : ${those[0][0].split('/').pop()}` : '';
    return make('li', {}, howMany(those.length, one, many) + name);
  }).filter(Boolean);
  if (ofKind('synthese').length) lines.push(make('li', {}, 'une synthèse se dépose dans « Je suis l’ARS » : ici, elle ne sert pas'));
  for (const [before, after] of replaced) {
    const undo = make('button', { type: 'button', 'aria-label': `Annuler le remplacement de ${before}`, onclick: () => { replaced.delete(before); received(true); $('consolidate').focus(); } }, 'Annuler');
    lines.push(make('li', {}, `${after} remplace ${before} `, undo));
  }
  const again = make('button', { type: 'button', onclick: () => { campaign.clear(); replaced.clear(); $('coordinator-drop').classList.remove('small'); $('coordinator-result').replaceChildren(welcome('coordinator')); received(); $('coordinator-files').focus(); } }, 'Tout retirer');
  if (twice) lines.push(make('li', {}, `${howMany(twice, 'fichier de même nom', 'fichiers de même nom')} : le dernier déposé est gardé`));
  if (lines.length && changed && document.querySelector('#coordinator-result .figures')) lines.push(make('li', {}, 'cliquez de nouveau sur « Consolider » pour en tenir compte'));
  $('received').replaceChildren(...(lines.length ? [make('ul', {}, .../** @type {any[]} */ (lines)), again] : []));
  buttons();
}

/** What a request needs of the campaign. @param {string} what @param {boolean} [withReturns] @returns {[Demand, Map<string, File>]} */
function about(what, withReturns = true) {
  const files = new Map();
  const name = (/** @type {string} */ path) => path.split('/').pop() || path;
  const year = Number($('year').value);
  const retours = ofKind('retour');
  const [pilotage] = ofKind('pilotage').sort((a, b) => Number(b[0].endsWith('.xlsm')) - Number(a[0].endsWith('.xlsm')));
  const past = ofKind('consolidation').filter(([, item]) => !item.campaign || item.campaign[1] < year).sort((a, b) => (b[1].campaign?.[1] || 0) - (a[1].campaign?.[1] || 0))[0];
  const contract = contracts.find(c => c.id === $('contract').value);
  if (withReturns) for (const [path, item] of retours) files.set(path, item.file);
  if (pilotage) files.set(name(pilotage[0]), pilotage[1].file);
  if (past) files.set(name(past[0]), past[1].file);
  if (contract?.file) for (const [path, file] of noyaux().set(contract.file.name, contract.file)) files.set(path, file);
  const request = {
    what, annee: year, iso_day: today(), contrat: contract?.file ? contract.file.name : contract?.id || '',
    retours: withReturns ? retours.map(([path]) => path) : [],
    pilotage: pilotage ? name(pilotage[0]) : null, precedent: past ? name(past[0]) : null,
    to_replace: withReturns ? [...replaced].map(pair => pair.join('=')) : [],
  };
  return [request, files];
}

/** The day that is chosen, or that of this computer. */
function today() {
  const now = new Date();
  return $('day').value || document.documentElement.dataset.day || [now.getFullYear(), now.getMonth() + 1, now.getDate()].map(n => String(n).padStart(2, '0')).join('-');
}

/** The consolidation of the chosen campaign, where no return was given to make it again. */
const resumed = () => ofKind('retour').length ? undefined : ofKind('consolidation').find(([, { campaign: of }]) => of && of[0] === $('contract').value && of[1] === Number($('year').value));

/** What had the focus when work disabled it. @type {any} */ let left = null;
function buttons() {
  const able = ready && !job;
  const here = /** @type {any} */ (document.activeElement);
  $('consolidate').textContent = resumed() ? `Reprendre la consolidation ${$('year').value}` : 'Consolider';
  $('consolidate').disabled = !able || !(ofKind('retour').length || ofKind('pilotage').length || resumed()) || !$('contract').value;
  for (const button of document.querySelectorAll('.makes button, .more button, .more input')) /** @type {any} */ (button).disabled = !able;
  if (here?.disabled) left = here;
  if (!able || !left) return;
  if (document.activeElement === document.body || document.activeElement === left) left.focus();
  left = null;
}

$('consolidate').addEventListener('click', async () => {
  const made = resumed();
  if (made) return resume(made[0].split('/').pop() || made[0], made[1].file);
  const said = await ask(...about('consolider'));
  if (trouble(said)) return;
  const [consolidation, synthese] = said.files;
  showBoard(said, new File([said.contents.get(consolidation)], consolidation), synthese);
  received();
});

/** A consolidation that was made before: all that can be made of it. @param {string} name @param {File} file */
async function resume(name, file) {
  const [request, all] = about('reprendre', false);
  const files = new Map([...all].filter(([path]) => path.endsWith('.toml'))).set(name, file);
  const said = await ask({ ...request, pilotage: null, precedent: null, files: [name] }, files);
  if (trouble(said)) return;
  showBoard(said, new File([file], name), said.files[0]);
}

/** A return → that which takes its place. @type {Map<string, string>} */
const replaced = new Map();

/** A corrected return beside the one that it would replace: what changes; and the replacement itself. The two of a
 * structure that answered twice are chosen. @param {{fichiers: string[]}[]} structures */
function compareReturns(structures) {
  const returns = ofKind('retour');
  const paths = returns.map(([path]) => path);
  const inside = (/** @type {string} */ path) => path.slice(path.indexOf('/') + 1);
  const twice = structures.find(s => s.fichiers.length > 1)?.fichiers || [];
  const pair = returns.filter(([path]) => twice.includes(inside(path))) // « retour.xlsx », then « retour (2).xlsx »
    .sort(([a, { file: one }], [b, { file: other }]) => a.length - b.length || one.lastModified - other.lastModified);
  const select = (/** @type {string} */ label) => make('select', { 'aria-label': label }, ...paths.map(path => make('option', { value: path }, inside(path))));
  const [before, after] = [select('L’ancien retour'), select('Le nouveau retour')];
  after.selectedIndex = 1;
  if (pair.length > 1) [before.value, after.value] = [pair[0][0], pair[1][0]];
  const outcome = make('div', { id: 'compared', 'aria-live': 'polite' });
  const replace = make('button', { type: 'button', onclick: () => { replaced.set(inside(before.value), inside(after.value)); $('consolidate').click(); } }, 'Remplacer, et consolider de nouveau');
  const compare = make('button', { type: 'button', id: 'compare', onclick: async () => {
    if (before.value === after.value) return trouble({ refusal: 'C’est deux fois le même fichier : choisissez l’ancien retour, et celui qui le corrige.', details: [] });
    const [request, all] = about('comparer', false);
    const files = new Map([...all].filter(([path]) => path.endsWith('.toml')));
    for (const path of [before.value, after.value]) files.set(path, /** @type {any} */ (campaign.get(path)).file);
    const said = await ask({ what: 'comparer', contrat: request.contrat, files: [before.value, after.value] }, files);
    if (trouble(said)) return;
    outcome.replaceChildren(make('ul', {}, ...said.lines.map((/** @type {string} */ line) => make('li', {}, line))), make('p', { className: 'buttons' }, replace));
  } }, 'Comparer');
  return make('details', { id: 'replacement' }, make('summary', {}, 'Comparer deux retours'),
    make('div', { className: 'fields' }, make('label', {}, 'Ancien ', before), make('label', {}, 'Nouveau ', after)), make('p', { className: 'buttons' }, compare), outcome);
}

/** @param {any} said @param {File} file the consolidation @param {string} synthese */
function showBoard(said, file, synthese) {
  const consolidation = file.name, fresh = said.contents.get(consolidation);
  const exported = new Map([[consolidation, file]]);
  const own = fresh && ofKind('pilotage').some(([path]) => path.endsWith('.xlsm'));
  const files = make('div', { className: 'card more' },
    make('div', { className: 'first' }, make('h3', {}, 'À enregistrer'), make('p', { className: 'buttons' },
      ...(fresh ? [saveButton('La consolidation', consolidation, fresh, true)] : []),
      saveButton('La copie pour l’ARS', synthese, said.contents.get(synthese), true),
      ...(own ? [moreButton('Mon classeur de coordination, mis à jour (.xlsm)', 'rafraichir')] : []))),
    otherFiles(said, exported, new File([said.contents.get(synthese)], synthese), fresh), ...(ofKind('retour').length > 1 ? [compareReturns(said.structures)] : []),
    make('div', { id: 'made', 'aria-live': 'polite' }));
  const figures = make('ul', { className: 'figures' },
    make('li', {}, make('strong', {}, `${said.recus} / ${said.attendus}`), 'réponses reçues'),
    make('li', { className: said.gravites.bloquant ? 'alert' : '' }, make('strong', {}, String(said.gravites.bloquant)), said.gravites.bloquant > 1 ? 'points bloquants' : 'point bloquant'),
    make('li', {}, make('strong', {}, String(said.gravites['à confirmer'])), 'à confirmer'),
    make('li', {}, make('strong', {}, String(said.gravites.information)), said.gravites.information > 1 ? 'informations' : 'information'));
  const money = ['Montant contrat', 'Programmé', 'Engagé', 'Versé'];
  const fiches = table('Tableau de bord, fiche par fiche', ['Fiche', 'Action', 'État', 'Réponses', ...money],
    said.fiches.map((/** @type {any} */ f) => [f.fiche, f.titre, make('span', { className: 'short' }, f.etat), { number: f.attendus ? `${f.recus} / ${f.attendus}` : '' }, ...money.map(m => ({ number: f[m] }))]));
  const structures = table('Qui a répondu', ['Structure', 'Statut', 'Réponses', 'Bloquants', 'Fichier'],
    said.structures.map((/** @type {any} */ s) => [s.structure, pill(s.statut), { number: `${s.recus} / ${s.attendus}` }, { number: String(s.bloquants || '') }, make('span', { className: 'found' }, s.fichiers.join(', '))]));
  const of = make('p', { className: 'of' }, [said.titre, said.etat, said.contents.size > 1 ? '' : file.name].filter(Boolean).join(' · '));
  show($('coordinator-result'), of, make('p', { className: said.gravites.bloquant ? 'bad' : 'good' }, said.bilan), files, figures,
    ...tabs([['board', 'Tableau de bord', fiches], ['anomalies', `Anomalies (${said.anomalies.length})`, anomalyList(said.anomalies, true)], ['who', 'Qui a répondu', structures]]));
}

/** What is made on demand, behind one line. @param {any} said @param {Map<string, File>} exported @param {File} synthese
 * @param {any} fresh made of returns just now, not resumed */
function otherFiles(said, exported, synthese, fresh) {
  const statements = () => moreButton('Les comptes rendus financiers', 'comptes-rendus', () => ({}), fresh ? null : exported);
  const buttons = [...(fresh ? [moreButton('Les copies annotées', 'annoter'), moreButton('Les brouillons de relance', 'relancer')] : []),
    ...(said.comptes_rendus ? [statements()] : []),
    chosenButton('Choisir le formulaire de l’agence, et le remplir', 'form-file', '.xlsx,.xlsm', 'formulaire', exported),
    chosenButton('Choisir des logos, pour la copie pour l’ARS', 'logo-files', '.png,.jpg,.jpeg', 'synthese', exported)];
  return make('details', { id: 'others' }, make('summary', {}, 'Préparer d’autres fichiers'),
    make('ul', { className: 'makes' }, ...buttons.map(button => make('li', {}, button))),
    ...tables(new Map([['la consolidation', exported], ['la copie pour l’ARS', new Map([[synthese.name, synthese]])]])),
    ...subsidies(said.financeurs, exported));
}

/** The tables of a workbook, for other tools. @param {Map<string, Map<string, File>>} sources label → the workbook
 * @param {string} [where] */
function tables(sources, where = 'made') {
  const source = make('select', {}, ...[...sources.keys()].map(label => make('option', { value: label }, label)));
  const form = make('select', {}, make('option', { value: 'csv-excel' }, 'CSV, pour Excel'), make('option', { value: 'csv' }, 'CSV et leur description (Data Package)'));
  const columns = make('input', { placeholder: 'Fiche,Titre ; actions=État' });
  form.addEventListener('change', () => { columns.disabled = form.value !== 'csv-excel'; });
  const said = () => ({ format: form.value, columns: columns.disabled ? [] : columns.value.split(';').map((/** @type {string} */ c) => c.trim()).filter(Boolean) });
  const button = make('button', { type: 'button', 'data-what': 'exporter', onclick: () => {
    const [request, all] = about('exporter', false);
    const given = /** @type {Map<string, File>} */ (sources.get(source.value));
    return prepare({ ...request, ...said(), files: [...given.keys()] }, new Map([...all, ...given]), where);
  } }, 'Exporter ces tables');
  const title = where === 'made' ? [make('h4', {}, 'Les tables, pour d’autres outils')] : []; // elsewhere, the line that unfolds says it
  return [...title,
    make('div', { className: 'fields' }, make('label', {}, 'De ', source), make('label', {}, 'Sous la forme ', form), make('label', {}, 'Colonnes, toutes si rien n’est écrit ', columns)),
    make('p', { className: 'buttons' }, button)];
}

/** A button that makes a file, then offers it. ``more``: what else the request says; ``instead``: the files that it is
 * about, in place of the returns. @param {string} label @param {string} what @param {() => Object<string, any>} [more]
 * @param {Map<string, File>|null} [instead] @param {string} [where] */
function moreButton(label, what, more = () => ({}), instead = null, where = 'made') {
  return make('button', { type: 'button', 'data-what': what, onclick: () => {
    const [request, files] = about(what, !instead && where === 'made');
    for (const [path, file] of instead || []) files.set(path, file);
    return prepare({ ...request, ...more(), files: instead ? [...instead.keys()] : [] }, files, where);
  } }, label);
}

/** Makes a file, then offers it. @param {Demand} request @param {Map<string, File>} files @param {string} where */
async function prepare(request, files, where) {
  const said = await ask(request, files);
  if (trouble(said)) return;
  const [path] = said.files;
  const offered = make('p', { className: 'buttons' }, saveButton(`Enregistrer ${path}`, path, said.contents.get(path), true));
  const notes = [said.bilan, ...(said.remarks || [])].filter(Boolean).map(text => make('p', { className: 'note' }, text));
  $(where).replaceChildren(...notes, offered);
  offered.querySelector('button').focus();
}

/** A button that asks for files, then makes one of them and of the consolidation. @param {string} label @param {string} id
 * @param {string} accept @param {string} what @param {Map<string, File>} exported */
function chosenButton(label, id, accept, what, exported) {
  const input = make('input', { type: 'file', id, accept, ...(what === 'synthese' ? { multiple: '' } : {}) });
  input.addEventListener('change', () => {
    const folder = what === 'synthese' ? 'logos' : 'formulaire';
    const chosen = new Map([...chosenFiles(input.files)].map(([path, file]) => [`${folder}/${path}`, file]));
    input.value = '';
    if (!chosen.size) return;
    const [request, files] = about(what, false);
    const given = new Map([...exported, ...chosen]);
    prepare({ ...request, files: [...given.keys()] }, new Map([...files, ...given]), 'made');
  });
  return make('label', { className: 'button' }, input, label);
}

/** The subventions of one funder, as the law has them published. @param {{id: string, nom: string}[]} funders
 * @param {Map<string, File>} exported */
function subsidies(funders, exported) {
  const funder = make('select', {}, ...funders.map(f => make('option', { value: f.id }, f.nom)));
  const siret = make('input', { inputmode: 'numeric', size: 16 });
  return [make('h4', {}, 'Les subventions d’un financeur (schéma SCDL)'),
    make('div', { className: 'fields' }, make('label', {}, 'Financeur ', funder), make('label', {}, 'Son SIRET, si le contrat ne le dit pas ', siret)),
    make('p', { className: 'buttons' }, moreButton('L’export SCDL', 'exporter',
      () => ({ format: 'scdl', financeur: funder.value, siret: siret.value.replace(/\s/g, '') }), exported))];
}

const listForm = make('select', { 'aria-label': 'Forme des listes' }, ...[['xlsx', 'Excel'], ['csv', 'CSV'], ['json', 'JSON']].map(([value, label]) => make('option', { value }, label)));
const listStructure = make('input', { id: 'list-structure' });
/** A button of the year's preparation. @param {string} label @param {string} what @param {() => Object<string, any>} [more] */
const yearButton = (label, what, more) => make('li', {}, moreButton(label, what, more, null, 'year-made'));
$('makes').append(
  yearButton('Les classeurs de l’année, un par structure', 'generer'), yearButton('Le classeur de pilotage', 'pilotage'),
  yearButton('Le classeur de coordination, avec ses macros (.xlsm)', 'coordonner'),
  yearButton('Le classeur qui décrit ce contrat', 'modele'), yearButton('Le même, vide, pour un autre contrat', 'modele', () => ({ contrat: '' })),
  yearButton('Le dictionnaire des cases', 'dictionnaire', () => ({ format: listForm.value, structure: listStructure.value.trim() })),
  yearButton('Les noms qu’un formulaire de l’agence peut porter', 'noms-formulaire', () => ({ format: listForm.value })),
  make('li', { className: 'fields' }, make('label', {}, 'Forme de ces listes'), listForm, make('label', { for: 'list-structure' }, 'Dictionnaire d’une structure'), listStructure),
  yearButton('La liste de tout ce qui est contrôlé', 'anomalies'), yearButton('Une année d’exemple, pour essayer (.zip)', 'demo'),
  make('li', { id: 'year-made', 'aria-live': 'polite' }));

/** How to go about it, until there are results. @param {keyof typeof STEPS} way */
const welcome = way => make('div', { className: 'welcome' }, make('h3', {}, 'Comment faire'), make('ol', {}, ...STEPS[way].map(step => make('li', {}, step))));
const STEPS = {
  partner: ['Déposez votre classeur, rempli ou en cours : la page le lit ici, rien n’est envoyé.',
    'Lisez ce qui est à corriger, feuille par feuille, case par case.',
    'Corrigez la copie annotée, déposez-la à nouveau pour vérifier, puis renvoyez-la à la coordination.'],
  coordinator: ['En début de campagne, dépliez « Préparer l’année » : les classeurs à envoyer, celui de pilotage.',
    'Déposez les retours reçus : le contrat et l’année y sont lus.',
    'Ajoutez le classeur de pilotage et la consolidation de l’an dernier, si vous les avez.',
    'Cliquez sur « Consolider » : qui a répondu, ce qui bloque, le tableau de bord.',
    'Enregistrez la consolidation, la copie pour l’ARS, et ce qu’il vous faut d’autre.'],
  agency: ['Déposez les synthèses que les coordinations vous ont envoyées, de plusieurs contrats et de plusieurs années si vous les avez.',
    'Regardez lesquelles sont retenues, et pourquoi d’autres ne le sont pas.',
    'Enregistrez le classeur de la région, et les brouillons de relance s’il en manque.'],
};
for (const way of /** @type {(keyof typeof STEPS)[]} */ (Object.keys(STEPS))) $(`${way}-result`).append(welcome(way));

// --- Je suis l’ARS ----------------------------------------------------------------------------------------------------

const LABELS = { 'region.xlsx': 'Enregistrer le classeur de la région', 'entretiens.zip': 'Une page par contrat, pour un entretien', 'relances.zip': 'Les brouillons de relance aux coordinations' };

/** The definitions dropped beside consolidations, by name. @type {Map<string, File>} */
const regional = new Map();

dropPlace('agency', async files => {
  const box = $('agency-result');
  if (!await keepDefinitions(files, regional)) return refused('agency');
  const given = asReturns(new Map([...files].filter(([path]) => !isDefinition(path))));
  if (files.size === 1) {
    const sorted = await ask({ what: 'trier', files: [...files.keys()] }, new Map([...regional, ...files]));
    if (trouble(sorted)) return;
    const [[path, file]] = files;
    if (sorted.kinds[path].includes('noyau')) return takeNoyau(path, file, box);
  }
  if (!given.size) return show(box, make('p', { className: 'note' }, 'Définition reçue : déposez maintenant les synthèses et les consolidations.'));
  const others = [...given.keys()].filter(path => !/\.(xlsx|xlsm|ods)$/i.test(path)).map(path => path.split('/').pop());
  if (others.length === given.size) {
    trouble({ refusal: 'Aucun classeur parmi ces fichiers : déposez les synthèses reçues (.xlsx).', details: [] });
    return refused('agency');
  }
  const said = await ask({ what: 'region', retours: [...given.keys()], files: [...regional.keys()] }, new Map([...regional, ...given]));
  if (trouble(said)) return refused('agency');
  $('agency-drop').classList.add('small');
  const gaps = said.gaps.length ? [table('Fichiers écartés', ['Fichier', 'Statut', 'Pourquoi'], said.gaps.map((/** @type {any} */ g) => [make('span', { className: 'found' }, g.file), g.statut, make('span', { className: 'found' }, g.reason)]))] : [];
  const buttons_ = said.files.map((/** @type {keyof typeof LABELS} */ path, /** @type {number} */ i) => saveButton(LABELS[path], path, said.contents.get(path), i === 0));
  const sources = new Map([...given].map(([path, file]) => [path.split('/').pop() || path, new Map([[path, file]])]));
  const beside = others.length ? [make('p', { className: 'note' }, `Pas des classeurs, laissés de côté : ${others.join(', ')}`)] : [];
  const exports = make('details', { className: 'more' }, make('summary', {}, 'Exporter une synthèse'), ...tables(sources, 'agency-exported'), make('div', { id: 'agency-exported', 'aria-live': 'polite' }));
  show(box, make('p', { className: said.gaps.length ? 'bad' : 'good' }, said.bilan), make('p', { className: 'buttons' }, ...buttons_), exports, ...gaps, ...beside);
});
$('agency-makes').append(make('li', {}, moreButton('Le classeur qui décrit un noyau régional (exemple)', 'modele-noyau', () => ({ noyau: 'noyau-exemple' }), null, 'agency-made')),
  make('li', {}, moreButton('Le même, vide', 'modele-noyau', () => ({}), null, 'agency-made')),
  make('li', { id: 'agency-made', 'aria-live': 'polite' }));

// --- the three ways, and what the page is -----------------------------------------------------------------------------

const WAYS = ['partner', 'coordinator', 'agency'];
for (const way of WAYS) $(`go-${way}`).addEventListener('click', () => {
  for (const other of WAYS) {
    $(other).hidden = other !== way;
    if (other === way) $(`go-${other}`).setAttribute('aria-current', 'page'); else $(`go-${other}`).removeAttribute('aria-current');
  }
  calm();
});

const bill = JSON.parse($('bill').textContent);
$('components').tBodies[0].append(...bill.components.map((/** @type {any} */ c) => make('tr', {}, make('th', { scope: 'row' }, c.name), make('td', {}, c.version), make('td', {}, c.licenses[0].expression))));
$('components-save').addEventListener('click', () => deliver('cls-composants.cdx.json', JSON.stringify(bill, null, 1)));
$('about-open').addEventListener('click', () => $('about').showModal());
$('about-close').addEventListener('click', () => $('about').close());

$('unstarted').remove();
fillContracts();
guess();
if ('DecompressionStream' in window) startWorker();
else trouble(ended = { refusal: 'Ce navigateur est trop ancien pour cette page : ouvrez-la avec une version récente de Firefox, Chrome ou Edge.', details: [] });
