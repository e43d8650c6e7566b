// Reads what an earlier start prepared for this one, beside the page: there it would keep the page from its other work.
// Told are a database, a store and keys; the answer is the value of each key, or nothing at all.

self.onmessage = ({ data: { database, store, keys } }) => {
  const nothing = () => self.postMessage([])
  const opening = indexedDB.open(database)
  // There is none yet, and none shall come about by looking.
  opening.onupgradeneeded = () => opening.transaction.abort()
  opening.onerror = nothing
  opening.onsuccess = () => {
    const opened = opening.result
    opened.onversionchange = () => opened.close()
    try {
      const transaction = opened.transaction(store)
      const asked = keys.map(key => transaction.objectStore(store).get(key))
      transaction.onabort = nothing
      transaction.oncomplete = () => {
        const values = asked.map(({ result }) => result)
        opened.close()
        self.postMessage(values, values.flatMap(value => value instanceof Uint8Array ? [value.buffer] : []))
      }
    } catch {
      nothing()
    }
  }
}
