// Checks a receipt in the browser, with WebCrypto alone: once loaded, this page asks nobody anything.
'use strict';
const texts = JSON.parse(document.getElementById('texts').textContent);
const utf8 = new TextEncoder();
const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
const hex = (bytes) => [...bytes].map((one) => one.toString(16).padStart(2, '0')).join('');
const same = (a, b) => a.length === b.length && a.every((one, at) => one === b[at]);
const base64 = (text) => {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw new Error('base64');
  return Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
};
const joined = (...parts) => {
  const out = new Uint8Array(parts.reduce((sum, one) => sum + one.length, 0));
  let at = 0;
  for (const one of parts) {
    out.set(one, at);
    at += one.length;
  }
  return out;
};

// C2SP signed-note: name+hash+base64(algorithm, key).
async function trusted(vkey) {
  const found = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/.exec(vkey.trim());
  if (!found) throw new Error('vkey');
  const [, name, id, key] = found;
  const bytes = base64(key);
  const expected = (await sha256(joined(utf8.encode(`${name}\n`), bytes))).slice(0, 4);
  if (hex(expected) !== id || bytes[0] !== 1 || bytes.length !== 33) throw new Error('vkey');
  return { name, id, key: bytes.slice(1) };
}

// C2SP tlog-proof: index, hashes, and the checkpoint that they lead to.
function parsed(text) {
  const cut = text.indexOf('\n\n');
  const lines = text.slice(0, cut).split('\n');
  if (cut < 0 || lines.shift() !== 'c2sp.org/tlog-proof@v1') throw new Error('proof');
  let entry = null;
  if (lines[0]?.startsWith('extra ')) entry = base64(lines.shift().slice(6));
  const index = /^index (0|[1-9]\d{0,15})$/.exec(lines.shift() ?? '');
  const note = text.slice(cut + 2);
  const parts = note.lastIndexOf('\n\n');
  if (!index || !entry || parts < 0) throw new Error('proof');
  const body = note.slice(0, parts + 1);
  const [origin, size, root] = body.split('\n');
  if (!/^(0|[1-9]\d{0,15})$/.test(size)) throw new Error('checkpoint');
  return {
    entry, index: BigInt(index[1]), path: lines.map(base64), body, origin, size: BigInt(size),
    root: base64(root), signatures: note.slice(parts + 2).split('\n').filter(Boolean),
  };
}

async function signed(proof, key) {
  if (proof.origin !== key.name) return false;
  const imported = await crypto.subtle.importKey('raw', key.key, { name: 'Ed25519' }, false, ['verify']);
  for (const line of proof.signatures) {
    const found = /^\u2014 (\S+) (\S+)$/.exec(line);
    if (!found || found[1] !== key.name) continue;
    const bytes = base64(found[2]);
    if (hex(bytes.slice(0, 4)) !== key.id) continue;
    return crypto.subtle.verify({ name: 'Ed25519' }, imported, bytes.slice(4), utf8.encode(proof.body));
  }
  return false;
}

// RFC 9162 §2.1.3.2.
async function included(proof) {
  let fn = proof.index;
  let sn = proof.size - 1n;
  if (fn > sn || proof.path.some((one) => one.length !== 32)) return false;
  let root = await sha256(joined(Uint8Array.of(0), proof.entry));
  for (const one of proof.path) {
    if (sn === 0n) return false;
    if (fn & 1n || fn === sn) {
      root = await sha256(joined(Uint8Array.of(1), one, root));
      while (!(fn & 1n) && fn !== 0n) {
        fn >>= 1n;
        sn >>= 1n;
      }
    } else {
      root = await sha256(joined(Uint8Array.of(1), root, one));
    }
    fn >>= 1n;
    sn >>= 1n;
  }
  return sn === 0n && same(root, proof.root);
}

async function derived(key, label) {
  const imported = await crypto.subtle.importKey('raw', key, 'HKDF', false, ['deriveBits']);
  const how = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(32), info: utf8.encode(label) };
  return new Uint8Array(await crypto.subtle.deriveBits(how, imported, 256));
}

// The envelope: u16be(length of header), header, sealed body; the key commits to itself in the header.
async function opened(entry, key) {
  const length = (entry[0] << 8) | entry[1];
  const header = entry.slice(2, 2 + length);
  const clear = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(header));
  if (!same(base64(clear.commit), await derived(key, 'visavis record commit v1'))) throw new Error('key');
  const seal = await crypto.subtle.importKey(
    'raw', await derived(key, 'visavis record seal v1'), 'AES-GCM', false, ['decrypt'],
  );
  const how = { name: 'AES-GCM', iv: new Uint8Array(12), additionalData: header };
  const body = await crypto.subtle.decrypt(how, seal, entry.slice(2 + length));
  return { clear, body: JSON.parse(new TextDecoder().decode(body)) };
}

// Words, cards and names of files, as the receipt names them.
function told(body) {
  const cards = (body.cards ?? []).map((one) =>
    [one.title, one.excerpt ?? '', one.view ?? ''].join(' ').trimEnd(),
  );
  const files = (body.attachments ?? []).map((one) => one.name);
  return [body.text ?? '', ...cards, ...files].filter(Boolean).join(' ');
}

async function check(receipt, vkey) {
  const steps = [];
  const step = async (name, work) => {
    let ok = false;
    try {
      ok = (await work()) !== false;
    } catch {
      ok = false;
    }
    steps.push({ name, ok });
    return ok;
  };
  let proof;
  let said;
  await step('read', () => {
    if (receipt.format !== 'visavis-receipt-v1') return false;
    proof = parsed(receipt.proof);
    return true;
  });
  await step('signed', async () => signed(proof, await trusted(vkey)));
  await step('included', () => included(proof));
  await step('opened', async () => {
    said = await opened(proof.entry, base64(receipt.key));
    return said.clear.id === receipt.record;
  });
  await step('says', () => told(said.body.body) === receipt.text && said.clear.clear.entry === receipt.entry);
  return { ok: steps.every((one) => one.ok), steps, said, proof };
}

function line(kind, content) {
  const made = document.createElement(kind);
  made.textContent = content;
  return made;
}

async function show(text) {
  const out = document.getElementById('result');
  out.replaceChildren();
  let found;
  try {
    found = await check(JSON.parse(text), document.getElementById('vkey').value);
  } catch {
    found = { ok: false, steps: [{ name: 'read', ok: false }] };
  }
  out.dataset.ok = String(found.ok);
  out.append(line('h2', found.ok ? texts.receipt_holds : texts.receipt_fails));
  const list = document.createElement('ol');
  for (const one of found.steps) {
    const item = line('li', `${one.ok ? '✓' : '✗'} ${texts[`receipt_${one.name}`]}`);
    item.className = one.ok ? 'ok' : 'wrong';
    list.append(item);
  }
  out.append(list);
  if (found.ok) {
    const at = new Date(Number(BigInt(found.said.clear.at) / 1000n));
    out.append(line('blockquote', told(found.said.body.body)));
    out.append(line('p', `${at.toISOString()} · ${found.proof.origin} · ${found.proof.index}/${found.proof.size}`));
  }
}

document.getElementById('file').addEventListener('change', async (event) => {
  const [file] = event.target.files;
  if (file) await show(await file.text());
});
