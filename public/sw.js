// Keeps the whole desk on the device. The server puts the version and the list of files in when it serves this.

const VERSION = '{{version}}'
const FILES = ['{{files}}']

const SHELL = '/desk'
const PREFIX = 'qinda-desk-'
const CACHE = PREFIX + VERSION

self.addEventListener('install', event => {
  event.waitUntil(Promise.all([precache(), passBy(event)]))
})

// A new worker waits until the page says so: an update is offered, never forced under a half-written reply.
self.addEventListener('message', event => {
  if (event.data?.type === 'take-over') self.skipWaiting()
})

self.addEventListener('activate', event => event.waitUntil(takeOver()))

self.addEventListener('fetch', event => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== location.origin) return
  if (request.mode === 'navigate') {
    if (url.pathname === SHELL || url.pathname.startsWith(SHELL + '/')) event.respondWith(kept(SHELL, request))
  } else if (FILES.includes(url.pathname)) {
    event.respondWith(kept(url.pathname, request))
  }
})

async function precache() {
  const cache = await caches.open(CACHE)
  const shell = await fetch(SHELL, { cache: 'no-store' })
  const page = await shell.clone().text()
  // A server that was replaced meanwhile serves another version's shell; that one brings its own worker.
  if (!shell.ok || !page.includes(`name="qinda-build" content="${VERSION}"`)) {
    throw new Error('The shell is not of this version.')
  }
  await Promise.all([cache.put(SHELL, shell), cache.addAll(FILES.map(fresh))])
}

// What is asked of the server need not come by here. Above all a page's last word, which the browser would drop on this
// way together with the page. Browsers that know no routes take the longer one.
async function passBy(event) {
  const toNetwork = urlPattern => ({ condition: { urlPattern }, source: 'network' })
  await event.addRoutes?.(['/sync/*', '/api/*'].map(toNetwork))
}

// Built files never change under their address; the others may have been kept from an older version.
function fresh(file) {
  return new Request(file, { cache: file.startsWith('/pkg/') ? 'default' : 'no-cache' })
}

async function takeOver() {
  const names = await caches.keys()
  const old = names.filter(name => name.startsWith(PREFIX) && name !== CACHE)
  await Promise.all(old.map(name => caches.delete(name)))
  await self.clients.claim()
}

async function kept(path, request) {
  const cache = await caches.open(CACHE)
  return (await cache.match(path)) ?? fetch(request)
}
