import type { Page } from '@playwright/test'

/** What a database of the page's origin held: its name, and the keys and values of each store. */
export interface DatabaseCopy {
  name: string
  stores: Record<string, [string, unknown][]>
}

/** Copies the databases whose names begin so. */
export async function databases(page: Page, start: string): Promise<DatabaseCopy[]> {
  return page.evaluate(async (start) => {
    const done = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
    const names = (await indexedDB.databases()).flatMap(({ name }) => (name?.startsWith(start) ? [name] : []))
    const copies = []
    for (const name of names) {
      const database = await done(indexedDB.open(name))
      const stores: Record<string, [string, unknown][]> = {}
      for (const store of database.objectStoreNames) {
        const entries = database.transaction(store).objectStore(store)
        const [keys, values] = await Promise.all([done(entries.getAllKeys()), done(entries.getAll())])
        stores[store] = keys.map((key, at) => [String(key), values[at]])
      }
      database.close()
      copies.push({ name, stores })
    }
    return copies
  }, start)
}

/** Sets databases back to what they held when they were copied, as a device does that is restored from a backup. */
export async function setBack(page: Page, copies: DatabaseCopy[]): Promise<void> {
  await page.evaluate(async (copies) => {
    for (const { name, stores } of copies) {
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open(name)
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
      const transaction = database.transaction(Object.keys(stores), 'readwrite')
      for (const [store, entries] of Object.entries(stores)) {
        transaction.objectStore(store).clear()
        for (const [key, value] of entries) transaction.objectStore(store).put(value, key)
      }
      await new Promise((resolve, reject) => {
        transaction.oncomplete = resolve
        transaction.onabort = () => reject(transaction.error)
      })
      database.close()
    }
  }, copies)
}
