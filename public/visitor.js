// Makes the shopper's page live. Without it the page works by posting its form.
//
// What was written is in the outbox, on the device, before it is sent; it leaves the outbox when the server has
// it. A message keeps its id over every attempt, so the server stores it once. The list below grows only by what
// the server tells in its order; a message that is still in the outbox stands after it.

const $ = id => document.getElementById(id)
const form = $('write')
const box = $('text')
const list = $('messages')
const pending = $('pending')
const log = $('log')
const jump = $('jump')
const { channel, lang, charsMax, you, automatic } = form.dataset
const words = JSON.parse(form.dataset.words)
// What the page's address says it is about goes with every message; the server keeps it once.
const about = Object.fromEntries([...form.querySelectorAll('.about')].map(field => [field.name, field.value]))
const base = `/c/${encodeURIComponent(channel)}`

const SEND_TIMEOUT_MS = 15_000
const SILENCE_MS = 30_000
const RETRY_FIRST_MS = 1_000
const RETRY_MAX_MS = 30_000
const COUNTER_FROM = 500
const OFFLINE_TOLD_MS = 2_000
const END_PX = 60

const tell = (sentence, n) => sentence.replace('{n}', Number(n).toLocaleString(lang))
const length = text => [...text.trim()].length

function element(name, className, text) {
  const made = document.createElement(name)
  if (className) made.className = className
  made.textContent = text
  return made
}

// Waits longer after each failure, never in step with others.
function backoff() {
  let failures = 0
  return {
    next: () => Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** failures++) * (0.5 + Math.random() / 2),
    reset: () => { failures = 0 },
  }
}

// --- the outbox: one entry per message, so that tabs do not overwrite each other ---

const memory = new Map()
const prefix = `qinda:${channel}:out:`
const draftKey = `qinda:${channel}:draft`
let volatile = false

function store(key, value) {
  try {
    value === null ? localStorage.removeItem(key) : localStorage.setItem(key, value)
    return true
  } catch {
    return false
  }
}

function stored(key) {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

function storedKeys() {
  try {
    return Object.keys(localStorage)
  } catch {
    return []
  }
}

function keep(message) {
  if (store(prefix + message.id, JSON.stringify(message))) return
  volatile = true
  memory.set(message.id, message)
}

function drop(id) {
  memory.delete(id)
  store(prefix + id, null)
}

function outbox() {
  const entries = new Map(memory)
  for (const key of storedKeys().filter(key => key.startsWith(prefix))) {
    try {
      const message = JSON.parse(stored(key))
      if (message) entries.set(message.id, message)
    } catch {
      store(key, null)
    }
  }
  return [...entries.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
}

// --- ids: version 7, later ones sort later ---

let lastMs = 0

function newId() {
  lastMs = Math.max(Date.now(), lastMs + 1)
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  for (let i = 0; i < 6; i++) bytes[i] = Math.floor(lastMs / 2 ** (40 - 8 * i)) % 256
  bytes[6] = 0x70 | (bytes[6] & 0x0f)
  bytes[8] = 0x80 | (bytes[8] & 0x3f)
  const hex = [...bytes].map(byte => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

// --- the list ---

// The log is laid out from its end, so its scroll position is 0 there and negative above.
const atEnd = () => log.scrollTop > -END_PX

function toEnd() {
  log.scrollTop = 0
  jump.hidden = true
}

function bubble(id, side, who, text, foot, picture) {
  const item = element('li', side, '')
  item.id = `m-${id}`
  item.append(element('b', 'who', who))
  if (text) item.append(element('p', '', text))
  if (picture) item.append(shown(picture))
  item.append(element('small', '', foot))
  return item
}

function shown(picture) {
  const link = element('a', 'picture', '')
  link.href = `${base}/pictures/${encodeURIComponent(picture)}`
  link.target = '_blank'
  const image = document.createElement('img')
  Object.assign(image, { alt: words.picture, loading: 'lazy', decoding: 'async', src: link.href })
  link.append(image)
  return link
}

function author(message) {
  if (message.side === 'mine') return ['mine', you]
  return ['staff', message.side === 'staff' ? `${words.staff} ${message.number}` : automatic]
}

function labelDays(today, yesterday) {
  for (const item of list.querySelectorAll('.day')) {
    const { day, date } = item.dataset
    item.textContent = day === today ? words.today : day === yesterday ? words.yesterday : date
  }
}

function add(message) {
  $('hello')?.remove()
  const known = $(`m-${message.id}`)
  if (known?.parentElement === list) return
  known?.remove()
  const days = list.querySelectorAll('.day')
  if (days[days.length - 1]?.dataset.day !== message.day) {
    const item = element('li', 'day', message.date)
    Object.assign(item.dataset, { day: message.day, date: message.date })
    list.append(item)
  }
  list.append(bubble(message.id, ...author(message), message.text, message.clock, message.picture))
}

// --- what waits, on the screen ---

const states = new Map()

function showPending() {
  const waiting = outbox()
  const ids = new Set(waiting.map(message => `m-${message.id}`))
  for (const item of [...pending.children]) {
    if (!ids.has(item.id) && states.get(item.id) !== 'sent') item.remove()
  }
  for (const message of waiting) {
    if (list.contains($(`m-${message.id}`))) continue
    let item = $(`m-${message.id}`)
    if (!item) {
      $('hello')?.remove()
      item = bubble(message.id, 'mine', you, message.text, '')
      pending.append(item)
    }
    showState(item, message)
  }
  showLine()
}

function showState(item, message) {
  const state = message.failed ? 'failed' : states.get(item.id) ?? 'queued'
  if (item.dataset.state === state) return
  item.dataset.state = state
  const foot = element('small', '', words[state])
  if (state === 'queued') foot.append(action(words.retry, send))
  if (state === 'failed') foot.append(action(words.retry, () => again(message)), action(words.edit, () => edit(message)))
  item.lastElementChild.replaceWith(foot)
}

function action(label, act) {
  const button = element('button', '', label)
  button.type = 'button'
  button.addEventListener('click', act)
  return button
}

function mark(id, state) {
  states.set(`m-${id}`, state)
  const item = $(`m-${id}`)
  if (item?.parentElement === pending) showState(item, { id })
}

function again(message) {
  keep({ id: message.id, text: message.text, about: message.about })
  states.delete(`m-${message.id}`)
  send()
}

function edit(message) {
  drop(message.id)
  box.value = box.value ? `${message.text}\n${box.value}` : message.text
  typed()
  box.focus()
  showPending()
}

// --- sending, one after the other; several tabs may send the same one, which the server stores once ---

const sendPause = backoff()
let sendTimer
let sending = false

async function send() {
  clearTimeout(sendTimer)
  if (sending) return
  sending = true
  try {
    await sendAll()
  } finally {
    sending = false
    showPending()
  }
}

async function sendAll() {
  for (;;) {
    const message = outbox().find(message => !message.failed)
    if (!message) return
    mark(message.id, 'sending')
    showLine()
    const outcome = await post(message)
    if (outcome.sent) {
      sendPause.reset()
      mark(message.id, 'sent')
      drop(message.id)
      refresh()
      // Until the first message the server does not know this shopper, and has nothing to tell.
      if (cursor === 0) connect()
    } else if (outcome.refused) {
      keep({ ...message, failed: true })
      showPending()
    } else {
      const state = outcome.slowed ? 'slowed' : 'queued'
      outbox().filter(message => !message.failed).forEach(message => mark(message.id, state))
      sendTimer = setTimeout(send, Math.max(outcome.afterMs ?? 0, sendPause.next()))
      return
    }
  }
}

async function post({ id, text, about }) {
  try {
    const answer = await fetch(`${base}/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id, text, about }),
      signal: AbortSignal.timeout(SEND_TIMEOUT_MS),
    })
    if (answer.ok) return { sent: true }
    const refused = answer.status >= 400 && answer.status < 500 && answer.status !== 408 && answer.status !== 429
    const afterMs = 1000 * Number(answer.headers.get('retry-after') ?? 0)
    return { refused, slowed: answer.status === 429, afterMs }
  } catch {
    return {}
  }
}

// --- receiving: the live channel only hints, this fetches what came after the last one we have ---

let cursor = Number(form.dataset.cursor)
let fetching = false
let wanted = false

async function refresh() {
  wanted = true
  if (fetching) return
  fetching = true
  try {
    while (wanted) {
      wanted = false
      await fetchAfterCursor()
    }
  } catch {
    // The live channel hints again once it is back.
  } finally {
    fetching = false
  }
}

async function fetchAfterCursor() {
  const asked = cursor
  const answer = await fetch(`${base}/messages?after=${asked}&lang=${lang}`, {
    signal: AbortSignal.timeout(SEND_TIMEOUT_MS),
  })
  if (!answer.ok) return
  const { messages, cursor: next, more, today, yesterday } = await answer.json()
  // The shop has less than was read here: it was erased, as the shopper wished, and the page begins afresh.
  if (next < asked) return location.reload()
  const follow = atEnd()
  messages.forEach(add)
  cursor = Math.max(cursor, next)
  labelDays(today, yesterday)
  if (messages.length > 0) {
    if (follow) toEnd()
    else if (messages.some(message => message.side !== 'mine')) jump.hidden = false
  }
  wanted ||= more
}

const livePause = backoff()
let live
let liveTimer
let silenceTimer
let connected = false

function connect() {
  clearTimeout(liveTimer)
  live?.close()
  live = new EventSource(`${base}/live`)
  live.addEventListener('head', event => {
    livePause.reset()
    setConnected(true)
    watchSilence()
    if (Number(event.data) !== cursor) refresh()
  })
  live.addEventListener('error', reconnectLater)
  watchSilence()
}

function watchSilence() {
  clearTimeout(silenceTimer)
  silenceTimer = setTimeout(reconnectLater, SILENCE_MS)
}

function reconnectLater() {
  disconnect()
  setConnected(false)
  liveTimer = setTimeout(connect, livePause.next())
}

function disconnect() {
  clearTimeout(silenceTimer)
  clearTimeout(liveTimer)
  live?.close()
}

function setConnected(now) {
  if (now && !connected) send()
  connected = now
  showLine()
}

let offlineTimer = null
let told = false

// A short gap is nobody's business; a lasting one is told.
function showLine() {
  const unsent = outbox().filter(message => !message.failed).length
  const kept = volatile && memory.size > 0 ? tell(words.volatile, memory.size) : ''
  const say = text => {
    if ($('line').textContent !== text) $('line').textContent = text
    $('line').hidden = !text
  }
  if (connected && navigator.onLine) {
    clearTimeout(offlineTimer)
    offlineTimer = null
    told = false
    return say(sending ? '' : kept)
  }
  told ||= !navigator.onLine
  if (told) say(kept || (unsent ? tell(words.offline_queued, unsent) : words.offline))
  else offlineTimer ??= setTimeout(() => { told = true; showLine() }, OFFLINE_TOLD_MS)
}

function wake() {
  livePause.reset()
  sendPause.reset()
  connect()
  send()
  refresh()
}

// --- writing ---

const grows = CSS.supports('field-sizing', 'content')

function typed() {
  store(draftKey, box.value || null)
  if (!grows) {
    box.style.height = 'auto'
    box.style.height = `${box.scrollHeight}px`
  }
  const left = charsMax - length(box.value)
  $('count').textContent = left >= 0 && left <= COUNTER_FROM ? tell(words.left, left) : ''
  $('note').textContent = left < 0 ? tell(words.too_long, charsMax - left) : ''
}

function write() {
  typed()
  const chars = length(box.value)
  if (chars === 0 || chars > charsMax) return box.focus()
  const message = { id: newId(), text: box.value.trim(), about }
  keep(message)
  box.value = ''
  typed()
  states.set(`m-${message.id}`, navigator.onLine ? 'sending' : 'queued')
  showPending()
  toEnd()
  box.focus()
  send()
}

form.addEventListener('submit', event => {
  event.preventDefault()
  write()
})

box.addEventListener('input', typed)

// An Enter that ends a composition never sends; Safari ends the composition first and says so by the code alone.
box.addEventListener('keydown', event => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return
  event.preventDefault()
  write()
})

$('questions')?.addEventListener('click', event => {
  const link = event.target.closest('a')
  if (!link) return
  event.preventDefault()
  box.value = box.value.trim() ? `${box.value}\n${link.textContent}` : link.textContent
  typed()
  box.focus()
})

jump.addEventListener('click', toEnd)
log.addEventListener('scroll', () => atEnd() && (jump.hidden = true), { passive: true })

// iOS does not shrink the page for its keyboard: follow what is visible.
const visible = window.visualViewport
const fit = () => {
  document.documentElement.style.setProperty('--height', `${visible.height}px`)
  document.documentElement.style.setProperty('--top', `${visible.offsetTop}px`)
}
visible?.addEventListener('resize', fit)
visible?.addEventListener('scroll', fit)

window.addEventListener('online', wake)
window.addEventListener('offline', showLine)
window.addEventListener('storage', event => event.key?.startsWith(prefix) && showPending())
window.addEventListener('pagehide', disconnect)
window.addEventListener('pageshow', event => event.persisted && wake())
document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && !connected && wake())

if (!box.value) box.value = stored(draftKey) ?? ''
typed()
showPending()
toEnd()
connect()
send()
