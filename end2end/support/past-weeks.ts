import { writeFile } from 'node:fs/promises'
import path from 'node:path'

import type { Server } from './server.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** The demo shop's clocks are that far ahead of UTC. */
const SHOP_MS = 8 * HOUR_MS
const WEEKS = 6

function shown(at: number): string {
  return new Date(at + SHOP_MS).toISOString().slice(0, 19).replace('T', ' ')
}

/** How many chats begin in an hour of an ordinary day. */
function chatsOf(weekday: number, hour: number): number {
  if (hour < 9 || hour > 22) return 0
  const evening = Math.max(0, 6 - Math.abs(hour - 20))
  return 3 + evening * 3 + (weekday === 1 ? evening : 0)
}

/** Some weeks of chats up to yesterday, busiest at eight in the evening and most so on Mondays, as a log from elsewhere. */
export async function bringPastWeeks(server: Server): Promise<void> {
  const today = Math.floor((Date.now() + SHOP_MS) / DAY_MS) * DAY_MS - SHOP_MS
  const rows = ['会话,时间,角色,昵称,内容']
  for (let day = WEEKS * 7; day > 0; day -= 1) {
    for (let hour = 0; hour < 24; hour += 1) {
      const begins = today - day * DAY_MS + hour * HOUR_MS
      const many = chatsOf(new Date(begins + SHOP_MS).getUTCDay(), hour) + ((day * 7 + hour) % 3) - 1
      for (let chat = 0; chat < many; chat += 1) {
        const at = begins + Math.floor((chat * HOUR_MS) / many) + 60_000
        const id = `${day}-${hour}-${chat}`
        const agent = chat % 3 === 0 ? '1002' : '1001'
        rows.push(`${id},${shown(at)},买家,客${id},什么时候发货`)
        rows.push(`${id},${shown(at + 14_000)},客服,${agent},今天就发`)
        rows.push(`${id},${shown(at + 300_000)},客服,${agent},单号也给您`)
      }
    }
  }
  const file = path.join(server.data, 'past-weeks.csv')
  await writeFile(file, `${rows.join('\n')}\n`)
  await server.command('import', 'chats', file, '--source', 'elsewhere', '--whole')
}
