// Starts the desk: loads its WebAssembly, says so plainly when that fails, and keeps it on the device.
//
// The desk and this file talk by events on window:
//   qinda:offline-ready  from here: everything is on the device, the desk starts without a network
//   qinda:update         from here: a newer desk waits (also kept as <html data-update="waiting">)
//   qinda:take-over      from the desk: the member accepts it; this page reloads once it is in place
// and window.qindaEarly holds the promises of what the device holds for a start, for app/src/local/early.rs alone.

const root = document.documentElement
const build = document.querySelector('meta[name="qinda-build"]').content
const wasm = document.querySelector('script[data-wasm]').dataset.wasm

const announce = name => window.dispatchEvent(new Event(name))
let renew = () => location.reload()

function explainFailure(error) {
  console.error(error)
  const box = document.createElement('div')
  box.id = 'qinda-failed'
  box.setAttribute('role', 'alert')
  const paragraph = (text, lang) => {
    const p = document.createElement('p')
    p.textContent = text
    p.lang = lang
    return p
  }
  const again = document.createElement('button')
  again.type = 'button'
  again.textContent = '再试一次 · Try again'
  again.addEventListener('click', () => renew())
  box.append(
    paragraph('亲答没能打开。您写的内容都还在这台设备上。请检查网络后再试；浏览器太旧时请先更新。', 'zh-CN'),
    paragraph('Qinda could not start. What you wrote is still on this device. Check the network and try again; an outdated browser needs an update first.', 'en'),
    again,
  )
  document.getElementById('qinda-loading')?.remove()
  document.body.append(box)
}

// It is read while the WebAssembly is made ready. Where that does not work, the desk reads it itself.
function readEarly() {
  const member = JSON.parse(localStorage.getItem('qinda.session'))?.actor?.member
  if (!member || build === 'watch') return undefined
  const reader = new Worker(new URL('early.js', import.meta.url))
  const early = { member, build }
  const waiting = new Map()
  for (const part of ['prepared', 'kept']) early[part] = new Promise(resolve => waiting.set(part, resolve))
  const give = (part, found) => {
    waiting.get(part)?.(found)
    waiting.delete(part)
    if (waiting.size === 0) reader.terminate()
  }
  reader.onmessage = ({ data: { part, found } }) => give(part, found)
  reader.onerror = () => [...waiting.keys()].forEach(part => give(part))
  reader.postMessage({ member, build })
  return early
}

try {
  window.qindaEarly = readEarly()
} catch (error) {
  console.warn('What the device holds is read later:', error)
}

async function start() {
  const { default: init } = await import('./qinda.js')
  await init({ module_or_path: new URL(wasm, import.meta.url) })
}

function offerUpdates(registration) {
  const workers = navigator.serviceWorker
  const offer = () => {
    if (!registration.waiting || !workers.controller) return
    root.dataset.update = 'waiting'
    announce('qinda:update')
  }
  offer()
  registration.addEventListener('updatefound', () => {
    const worker = registration.installing
    const first = !workers.controller
    worker.addEventListener('statechange', () => {
      if (worker.state === 'installed') offer()
      if (worker.state === 'activated' && first) announce('qinda:offline-ready')
    })
  })
  renew = () => {
    if (!registration.waiting) return location.reload()
    workers.addEventListener('controllerchange', () => location.reload(), { once: true })
    registration.waiting.postMessage({ type: 'take-over' })
  }
  window.addEventListener('qinda:take-over', renew)
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'visible') return
    offer()
    registration.update().catch(() => {})
  })
}

async function keepOnDevice() {
  // Under `cargo leptos watch` files change under one name, which a kept copy would hide.
  if (build === 'watch' || !('serviceWorker' in navigator)) return
  offerUpdates(await navigator.serviceWorker.register('/sw.js'))
}

// A desk that fails to start may be mended by the update that waits, so updates are looked for in any case.
start()
  .catch(explainFailure)
  .then(keepOnDevice)
  .catch(error => console.warn('The desk stays online only:', error))
