/* The page: what is dropped goes to the worker, what comes back is shown, one function delivers files. Texts that come
   from files are only ever text, never HTML. Nothing is kept. Its parts are put together as one script, and share their
   names; this one has what all others make elements with. */
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
