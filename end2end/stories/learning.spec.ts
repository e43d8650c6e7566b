import { Desk } from '../pages/desk.ts'
import { Shopper } from '../pages/shopper.ts'
import { agent, supervisor } from '../support/members.ts'
import { expect, test } from '../support/stories.ts'

/** Words that no article of the demo shop has. */
const SLANG = '宝贝咋还窝在仓里不挪窝'
const SAME_SLANG = '宝贝咋还窝在仓里不挪窝呀'

test('what an agent chose is offered to a colleague on another device', async ({
  desk,
  shopper,
  server,
  anotherPage,
}) => {
  await desk.startWith(agent, shopper, SLANG)
  await desk.choose('几天能到', '江浙沪')
  await desk.send()
  await expect(desk.delivered('sent')).toHaveCount(1)

  const colleague = new Desk(await anotherPage(), server.origin)
  await colleague.start(supervisor)
  const other = new Shopper(await anotherPage(), server.origin)
  await other.ask(SAME_SLANG)
  await colleague.openConversation(SAME_SLANG)
  const learned = colleague.suggestions.filter({ hasText: '几天能到' })
  await expect(learned).toContainText('同事这样答过 1 次')
  await learned.click()
  await expect(colleague.composer).toHaveValue(/江浙沪/)
})
