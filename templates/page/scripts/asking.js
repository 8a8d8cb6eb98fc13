/* The worker, and what is asked of it: one request at a time, each with its answer. */

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
