// Reads what a start needs beside the page, which would be kept from its other work: what an earlier start prepared, and the
// rows that the device keeps, as one piece of bytes. For app/src/local/early.rs; what cannot be read here, the desk reads.

// The shop's knowledge lies prepared in one piece; of its rows only those are read that changed since.
const KNOWLEDGE = 'knowledge|'
const AFTER_EVERY_KEY = '\uffff'
// More rows are read by the desk, slice by slice.
const ROWS_MAX = 20_000
// Stands with the length of a value that is a text; the others are closed.
const IS_TEXT = 2 ** 31
// Of the lengths of a key and a value.
const LENGTHS_BYTES = 8

self.onmessage = ({ data: { member, build } }) => {
  tell('prepared', read(`qinda-prepared-${member}`, ['index'], transaction => prepared(transaction, build)))
  tell('kept', read(`qinda-${member}`, ['meta', 'rows'], kept))
}

async function tell(part, reading) {
  const found = await reading.catch(() => undefined)
  const values = Object.values(found ?? {})
  self.postMessage({ part, found }, values.flatMap(value => value instanceof Uint8Array ? [value.buffer] : []))
}

async function read(name, stores, take) {
  const database = await opened(name)
  database.onversionchange = () => database.close()
  try {
    return await take(database.transaction(stores))
  } finally {
    database.close()
  }
}

function opened(name) {
  const opening = indexedDB.open(name)
  // There is none yet, and none shall come about by looking.
  opening.onupgradeneeded = () => opening.transaction.abort()
  return result(opening)
}

function result(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

async function prepared(transaction, build) {
  const store = transaction.objectStore('index')
  const [index, rows] = await Promise.all(['articles', 'rows'].map(kind => result(store.get(`${kind}-${build}`))))
  return { index, rows }
}

async function kept(transaction) {
  const rows = transaction.objectStore('rows')
  const others = [IDBKeyRange.upperBound(KNOWLEDGE, true), IDBKeyRange.lowerBound(KNOWLEDGE + AFTER_EVERY_KEY, true)]
  const asked = others.flatMap(range => [rows.getAllKeys(range, ROWS_MAX), rows.getAll(range, ROWS_MAX)].map(result))
  const progress = await result(transaction.objectStore('meta').get('progress'))
  const changed = JSON.parse(progress).packed.changed.map(entity => KNOWLEDGE + entity)
  const single = await Promise.all(changed.map(key => result(rows.get(key))))
  const [keys, values, furtherKeys, furtherValues] = await Promise.all(asked)
  if (keys.length + furtherKeys.length >= ROWS_MAX) return undefined
  return { progress, rows: inOnePiece([...keys, ...furtherKeys, ...changed], [...values, ...furtherValues, ...single]) }
}

// Each row as the lengths of its key and its value, the key, and the value. A key without a value is left out.
function inOnePiece(keys, values) {
  const encoder = new TextEncoder()
  const rows = keys.flatMap((key, place) => {
    const value = values[place]
    if (value === undefined) return []
    const isText = typeof value === 'string'
    return [{ isText, parts: [encoder.encode(key), isText ? encoder.encode(value) : value] }]
  })
  const length = rows.reduce((sum, { parts: [key, value] }) => sum + LENGTHS_BYTES + key.length + value.length, 0)
  const bytes = new Uint8Array(length)
  const view = new DataView(bytes.buffer)
  let at = 0
  for (const { isText, parts: [key, value] } of rows) {
    view.setUint32(at, key.length, true)
    view.setUint32(at + 4, value.length + (isText ? IS_TEXT : 0), true)
    bytes.set(key, at + LENGTHS_BYTES)
    bytes.set(value, at + LENGTHS_BYTES + key.length)
    at += LENGTHS_BYTES + key.length + value.length
  }
  return bytes
}
