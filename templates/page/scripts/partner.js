/* Je réponds. */

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
