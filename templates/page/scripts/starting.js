/* A start that fails, or is late: why, what is to be permitted, whom to ask. */

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
