// node browser_driver.mjs BROWSER EXECUTABLE DOWNLOADS [SETTING…]: one order a line on stdin (JSON), one answer a line on stdout.
import readline from 'node:readline';
import { createRequire } from 'node:module';

const [browserName, executablePath, downloads, ...settings] = process.argv.slice(2);
const require = createRequire(`${process.env.NODE_PATH}/`);
const puppeteer = require('puppeteer-core');
const firefox = browserName === 'firefox';
const browser = await puppeteer.launch({
  browser: firefox ? 'firefox' : 'chrome', executablePath, headless: true, protocolTimeout: 300000,
  args: firefox ? [] : ['--no-sandbox', '--disable-gpu', '--allow-file-access-from-files=false', ...settings],
  extraPrefsFirefox: {
    'browser.download.dir': downloads, 'browser.download.folderList': 2, 'browser.download.useDownloadDir': true,
    'browser.download.always_ask_before_handling_new_types': false, 'browser.helperApps.neverAsk.saveToDisk': 'application/octet-stream',
    ...(firefox ? Object.fromEntries(settings.map(said => said.split('=')).map(([name, value]) => [name, JSON.parse(value)])) : {}),
  },
});
let page = null;
const asked = [], said = [];

const orders = {
  async open({ address, width, height }) {
    page = await browser.newPage();
    await page.setViewport({ width, height });
    if (!firefox) {
      const session = await browser.target().createCDPSession();
      await session.send('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: downloads });
    }
    page.on('request', request => asked.push(request.url().slice(0, 100)));
    page.on('console', message => said.push(`${message.type()} ${message.text()}`));
    page.on('pageerror', error => said.push(`error ${error.message}`));
    await page.goto(address, { timeout: 300000, waitUntil: 'domcontentloaded' });
  },
  async files({ selector, paths }) {
    const input = await page.$(selector);
    await input.uploadFile(...paths);
    if (firefox) return;
  },
  // Let go of over an element, from the desktop (Chromium only).
  async drop({ selector, paths }) {
    const box = await (await page.$(selector)).boundingBox();
    const session = await page.createCDPSession();
    const at = { x: box.x + box.width / 2, y: box.y + 10, data: { items: [], files: paths, dragOperationsMask: 1 } };
    for (const type of ['dragEnter', 'dragOver', 'drop']) await session.send('Input.dispatchDragEvent', { type, ...at });
    await session.detach();
  },
  async click({ selector }) { await page.locator(selector).setTimeout(120000).click(); },
  async key({ name }) { await page.keyboard.press(name); },
  async wait({ expression, seconds }) { await page.waitForFunction(expression, { timeout: seconds * 1000, polling: 100 }); },
  async eval({ expression }) { return page.evaluate(expression); },
  async size({ width, height }) { await page.setViewport({ width, height }); },
  async medium({ name }) { await page.emulateMediaType(name); },
  async picture({ path }) { await page.screenshot({ path }); },
  async python({ code }) { await page.workers().at(-1).evaluate(text => { python.runPython(text); }, code); },
  // Bytes: what Python's memory has grown to, what JavaScript uses in the worker and in the page (Chromium only).
  async memory() {
    const pid = browser.process().pid;
    if (firefox) return { pid };
    const worker = page.workers().at(-1);
    const { usedSize } = await worker.client.send('Runtime.getHeapUsage');
    return { pid, python: await worker.evaluate('python._module.HEAP8.length'), worker: usedSize, page: (await page.metrics()).JSHeapUsedSize };
  },
  async log() { return { asked, said }; },
  async close() { await page.close({ runBeforeUnload: false }); },
};

for await (const line of readline.createInterface({ input: process.stdin })) {
  const { order, ...given } = JSON.parse(line);
  try {
    console.log(JSON.stringify({ answer: (await orders[order](given)) ?? null }));
  } catch (error) {
    console.log(JSON.stringify({ error: String(error && error.stack || error) }));
  }
}
await browser.close();
