#include "host/secrets/envelope.hpp"

#include <gtest/gtest.h>

#include "host/core/error.hpp"

namespace host::secrets {
namespace {

MasterKey key_of(char c) {
    return MasterKey(SecretBytes(std::string(key_bytes, c)));
}

bool opens(const MasterKey& key, const Place& place, const Envelope& envelope) {
    try {
        (void)unseal(key, place, envelope);
        return true;
    } catch (const core::Error& error) {
        EXPECT_EQ(error.name(), "SECRET_DAMAGED");
        return false;
    }
}

const Place place{"notes", "api_key"};

TEST(Envelope, GivesBackWhatWasSealed) {
    const MasterKey key = key_of('a');
    for (const std::string& value :
         {std::string("geheim"), std::string(), std::string("a\0b", 3), std::string(64 * 1024, 'x')}) {
        const Envelope envelope = seal(key, place, value);
        EXPECT_EQ(unseal(key, place, envelope).view(), value);
        EXPECT_EQ(envelope.key_id, key.id);
    }
}

TEST(Envelope, HidesTheValueAndNeverLooksTheSame) {
    const MasterKey key = key_of('a');
    const Envelope first = seal(key, place, "geheim");
    const Envelope second = seal(key, place, "geheim");
    EXPECT_EQ(first.sealed.find("geheim"), std::string::npos);
    EXPECT_NE(first.sealed, second.sealed);
    EXPECT_NE(first.wrapped_key, second.wrapped_key);
}

TEST(Envelope, OpensForItsOwnerAndNameOnly) {
    const MasterKey key = key_of('a');
    const Envelope envelope = seal(key, place, "geheim");
    EXPECT_FALSE(opens(key, {"other", "api_key"}, envelope)) << "a row that was moved to another plugin";
    EXPECT_FALSE(opens(key, {"notes", "other"}, envelope)) << "a row that was renamed";
    EXPECT_FALSE(opens(key, {"note", "sapi_key"}, envelope)) << "the parts are told apart";
}

TEST(Envelope, OpensWithItsKeyOnly) {
    EXPECT_FALSE(opens(key_of('b'), place, seal(key_of('a'), place, "geheim")));
}

TEST(Envelope, IsRefusedWithAnyBitChanged) {
    const MasterKey key = key_of('a');
    const Envelope envelope = seal(key, place, "geheim");
    for (std::size_t i = 0; i < envelope.sealed.size(); ++i) {
        Envelope changed = envelope;
        changed.sealed[i] = static_cast<char>(changed.sealed[i] ^ 1);
        EXPECT_FALSE(opens(key, place, changed)) << "byte " << i << " of the value";
    }
    for (std::size_t i = 0; i < envelope.wrapped_key.size(); ++i) {
        Envelope changed = envelope;
        changed.wrapped_key[i] = static_cast<char>(changed.wrapped_key[i] ^ 1);
        EXPECT_FALSE(opens(key, place, changed)) << "byte " << i << " of the key";
    }
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{27}, envelope.sealed.size() - 1}) {
        Envelope cut = envelope;
        cut.sealed.resize(size);
        EXPECT_FALSE(opens(key, place, cut)) << size << " bytes of it";
    }
}

TEST(Envelope, TakesNoPartOfAnother) {
    const MasterKey key = key_of('a');
    Envelope mixed = seal(key, place, "old");
    mixed.sealed = seal(key, place, "new").sealed;
    EXPECT_FALSE(opens(key, place, mixed));
}

TEST(Envelope, IsWrappedAnewWithoutBeingSealedAnew) {
    const MasterKey old_key = key_of('a');
    const MasterKey new_key = key_of('b');
    const Envelope before = seal(old_key, place, "geheim");
    const Envelope after = rewrap(old_key, new_key, place, before);
    EXPECT_EQ(after.key_id, new_key.id);
    EXPECT_EQ(after.sealed, before.sealed);
    EXPECT_EQ(unseal(new_key, place, after).view(), "geheim");
    EXPECT_FALSE(opens(old_key, place, after));
    EXPECT_THROW(rewrap(new_key, old_key, place, before), core::Error);
}

TEST(MasterKey, IsNamedByItsFingerprint) {
    EXPECT_EQ(key_of('a').id, key_of('a').id);
    EXPECT_NE(key_of('a').id, key_of('b').id);
    EXPECT_EQ(key_of('a').id.size(), 16u);
    EXPECT_THROW(MasterKey(SecretBytes(std::string_view("short"))), core::Error);
}

}  // namespace
}  // namespace host::secrets
