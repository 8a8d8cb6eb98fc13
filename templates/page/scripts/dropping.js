/* Files in: chosen or dropped, folders and archives opened. */

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
